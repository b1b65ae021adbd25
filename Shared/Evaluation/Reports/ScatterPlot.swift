/// Points in a plane, coloured by group, as an SVG file of its own.
public struct ScatterPlot: Sendable {
    /// One group of points.
    public struct Group: Sendable {
        /// What the legend calls it.
        public var name: String
        /// Where its points lie.
        public var points: [(x: Double, y: Double)]

        /// Creates a group.
        public init(name: String, points: [(x: Double, y: Double)]) {
            self.name = name
            self.points = points
        }
    }

    /// What stands above the plot.
    public var title: String
    /// What the horizontal axis shows.
    public var across: String
    /// What the vertical axis shows.
    public var up: String
    /// The groups, each with a colour of its own as far as they last.
    public var groups: [Group]

    /// Creates a plot.
    public init(title: String, across: String, up: String, groups: [Group]) {
        self.title = title
        self.across = across
        self.up = up
        self.groups = groups
    }

    /// Colours that are told apart without red and green (Okabe and Ito, 2008).
    private static let colours = [
        "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c8c00", "#000000",
    ]

    /// The file's text; points that are not finite are left out.
    public var svg: String {
        let all = groups.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
        let (width, plot) = (860.0, 480.0)
        let height = plot + 30 + Double(groups.count) * 18
        let (xs, ys) = (all.map(\.x), all.map(\.y))
        let horizontal = PlotScale((xs.min() ?? 0)...(xs.max() ?? 1), from: 60, to: width - 20)
        let vertical = PlotScale((ys.min() ?? 0)...(ys.max() ?? 1), from: plot - 50, to: 40)
        var svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(SVG.at(width)) \(SVG.at(height))\" "
        svg += "role=\"img\" aria-label=\"\(SVG.escaped(title))\">\n<style>text{font:13px sans-serif;fill:#333}"
        svg += ".tick{font-size:11px;fill:#666}.grid{stroke:#ddd}.title{font-weight:bold}</style>\n"
        svg += "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
        svg += SVG.text(title, x: 60, y: 22, style: "title")
        for mark in vertical.marks {
            svg += SVG.line(60, vertical.place(mark), width - 20, vertical.place(mark), style: "grid")
            svg += SVG.text(vertical.label(mark), x: 52, y: vertical.place(mark) + 4, anchor: "end", style: "tick")
        }
        for mark in horizontal.marks {
            let x = horizontal.place(mark)
            svg += SVG.text(horizontal.label(mark), x: x, y: plot - 32, anchor: "middle", style: "tick")
        }
        svg += SVG.text(across, x: width - 20, y: plot - 12, anchor: "end", style: "tick")
        svg += SVG.text(up, x: 60, y: 36, style: "tick")
        for (index, group) in groups.enumerated() {
            let colour = Self.colours[index % Self.colours.count]
            svg += "<g fill=\"\(colour)\" fill-opacity=\"0.55\">\n"
            for point in group.points where point.x.isFinite && point.y.isFinite {
                let (x, y) = (horizontal.place(point.x), vertical.place(point.y))
                svg += "<circle cx=\"\(SVG.at(x))\" cy=\"\(SVG.at(y))\" r=\"2.5\"/>\n"
            }
            let y = plot + 14 + Double(index) * 18
            svg += "</g>\n<circle cx=\"66\" cy=\"\(SVG.at(y - 4))\" r=\"5\" fill=\"\(colour)\"/>\n"
            svg += SVG.text(group.name, x: 78, y: y)
        }
        return svg + "</svg>\n"
    }
}

/// The catalogue as text for a terminal.
public enum ModelListing {
    /// Every model with its parameters.
    public static var text: String {
        ModelCatalogue.all.map { model in
            let kind = model.needsContent ? " [needs --items]" : model.isSequential ? " [sessions]" : ""
            let parameters = model.parameters.map { spec in
                "    \(spec.name)=\(spec.standard)  \(spec.meaning); \(spec.range)\n"
            }
            return "\(model.name)\(kind)  \(model.summary)\n\(parameters.joined())"
        }.joined()
    }
}

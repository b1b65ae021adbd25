import Events

extension CatalogItem {
    /// Checks the entry's values.
    public func validate(limits: CatalogLimits = CatalogLimits()) throws(CatalogError) {
        guard EventValidator.isIDWellFormed(id, maximumBytes: limits.maximumIDBytes) else {
            throw CatalogError(
                .invalidID,
                field: "id",
                "must have 1 to \(limits.maximumIDBytes) bytes of UTF-8 and no control characters"
            )
        }
        try check(title, "title", atMost: limits.maximumTextBytes)
        try check(names: categories, "categories", limits)
        try check(names: tags, "tags", limits)
        if let creator { try check(creator, "creator", atMost: limits.maximumTextBytes) }
        if let imageURL { try check(imageURL, "image", atMost: limits.maximumTextBytes) }
        if let url { try check(url, "url", atMost: limits.maximumTextBytes) }
        if let description, description.utf8.count > limits.maximumDescriptionBytes {
            throw CatalogError(.invalidValue, field: "description", "has too many bytes")
        }
        if let price, !(price.isFinite && price >= 0) {
            throw CatalogError(.invalidValue, field: "price", "must be 0 or more")
        }
    }

    private func check(names: [String], _ field: String, _ limits: CatalogLimits) throws(CatalogError) {
        guard names.count <= limits.maximumNames else {
            throw CatalogError(.invalidValue, field: field, "lists at most \(limits.maximumNames)")
        }
        for name in names { try check(name, field, atMost: limits.maximumTextBytes) }
    }

    private func check(_ text: String, _ field: String, atMost maximum: Int) throws(CatalogError) {
        guard !text.isEmpty, text.utf8.count <= maximum else {
            throw CatalogError(.invalidValue, field: field, "must have 1 to \(maximum) bytes of UTF-8")
        }
    }
}

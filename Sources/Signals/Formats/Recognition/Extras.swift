/// The columns that are no field of their own but describe the occasion or the items.
struct Extras {
    struct Named {
        var name: String
        var column: Int
        /// Whether the file says what the column is (`group.country`), so that nothing is guessed.
        var isExplicit: Bool
    }

    struct Pair {
        var name: String
        var left: Int
        var right: Int
        /// Whether the values are texts, of which the length in characters is meant.
        var isText: Bool
    }

    var groups: [Named] = []
    var features: [Named] = []
    var pairs: [Pair] = []

    var isEmpty: Bool { groups.isEmpty && features.isEmpty && pairs.isEmpty }

    /// Adds to an event what a row has in these columns. A value that is not a number where the column's others
    /// are is left out, except in a column that says that it holds numbers.
    func fill(_ event: inout FeedbackEvent, from row: Row) throws(FieldError) {
        for group in groups {
            if group.isExplicit {
                guard let cell = row.cell(group.column) else { continue }
                event.groups[group.name] = String(decoding: cell.bytes, as: UTF8.self)
            } else if let text = row.text(group.column) {
                event.groups[group.name] = text
            }
        }
        for feature in features {
            if feature.isExplicit {
                event.features[feature.name] = try row.number(feature.column, feature.name)
            } else if let bytes = row.bytes(feature.column), let number = DecimalNumber.value(bytes) {
                event.features[feature.name] = number
            }
        }
        for pair in pairs {
            guard let left = row.cell(pair.left), let right = row.cell(pair.right) else { continue }
            if pair.isText {
                guard left.kind == .text, right.kind == .text else { continue }
                event.itemFeatures[pair.name] = [Self.characters(left.bytes), Self.characters(right.bytes)]
            } else if let a = DecimalNumber.value(left.bytes), let b = DecimalNumber.value(right.bytes) {
                event.itemFeatures[pair.name] = [a, b]
            }
        }
    }

    /// The number of Unicode scalars in a text, which is what other tools call its characters.
    static func characters(_ bytes: some Collection<UInt8>) -> Double {
        Double(bytes.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) })
    }
}

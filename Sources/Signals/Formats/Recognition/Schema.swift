/// The columns of a source and what the first records have in them: what recognition looks at.
struct Schema {
    /// The most records that are looked at.
    static let sampleSize = 1000

    /// One column.
    struct Column {
        /// The name as it stands in the file.
        var name: String
        /// The name as it is compared: lower case, `_` for blanks and hyphens, without RecBole's type.
        var key: String
        /// How many sampled records have a value, and how many of those are numbers.
        var filled = 0
        var numbers = 0
        /// The longest sampled value in bytes.
        var longest = 0
        /// Whether a value is a list or an object.
        var isNested = false
        /// The different sampled values, as far as they are short and few.
        var values: Set<[UInt8]> = []
        /// The value that was added to them last.
        fileprivate var last: [UInt8] = []

        /// Whether every sampled value is a number.
        var isNumeric: Bool { filled > 0 && numbers == filled && !isNested }

        init(_ name: String) {
            self.name = name
            key = Schema.key(name)
        }
    }

    var columns: [Column]
    /// The number of sampled records.
    var records = 0
    let isJSON: Bool

    /// Adds a record to the sample.
    mutating func sample(_ row: Row) {
        records += 1
        for index in columns.indices where index < row.cells.count {
            let cell = row.cells[index]
            guard cell.kind != .missing, !cell.bytes.isEmpty else { continue }
            columns[index].filled += 1
            switch cell.kind {
            case .list, .object: columns[index].isNested = true
            case .bool: break
            default: if DecimalNumber.value(cell.bytes) != nil { columns[index].numbers += 1 }
            }
            columns[index].longest = max(columns[index].longest, cell.bytes.count)
            if cell.bytes.count <= Self.longestGroup, !columns[index].last.elementsEqual(cell.bytes) {
                columns[index].last = Array(cell.bytes)
                columns[index].values.insert(columns[index].last)
            }
        }
    }

    /// The longest text that is taken for the name of a group.
    static let longestGroup = 64

    /// Whether a column's texts look like names of groups: short, and not different in almost every record.
    func isGroup(_ column: Int) -> Bool {
        let c = columns[column]
        guard c.filled > 0, !c.isNested, !c.name.isEmpty, c.longest <= Self.longestGroup else { return false }
        return c.filled <= 20 || c.values.count <= c.filled / 2
    }

    /// A column's name as it is compared.
    static func key(_ name: String) -> String {
        var bytes = Array(name.utf8)
        for suffix in [":token", ":float", ":token_seq", ":float_seq"] where bytes.ends(with: suffix.utf8) {
            bytes.removeLast(suffix.utf8.count)
        }
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes[index] |= 0x20
            case 0x20, UInt8(ascii: "-"): bytes[index] = UInt8(ascii: "_")
            default: break
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Array where Element == UInt8 {
    fileprivate func ends(with suffix: String.UTF8View) -> Bool {
        count >= suffix.count && self[(count - suffix.count)...].elementsEqual(suffix)
    }
}

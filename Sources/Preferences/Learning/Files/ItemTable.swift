/// Things that pairs name: their ids with the numbers, or the text, that describe each.
///
/// ```swift
/// let items = try ItemTable.read("items.csv")            // id, price, stars
/// let vectors = try ItemTable.read("vectors.npy")        // row numbers, from 0, are the ids
/// ```
public struct ItemTable: Sendable, Hashable {
    /// The file, for messages.
    public let path: String
    /// The ids, one for each row.
    public let ids: [String]
    /// The numbers; nil where items have only a text.
    public let features: FeatureMatrix?
    /// What the columns of the numbers are called; empty for embeddings.
    public let columns: [String]
    /// The texts; nil where items have only numbers.
    public let texts: [String]?
    /// The prompts that the texts answer, nil for a text without one; nil where there is no column of prompts.
    public let prompts: [String?]?
    /// The columns of the file that are neither.
    public let ignored: [String]
    private let places: [String: Int]

    /// Creates items of rows of numbers; the ids are row numbers, from 0, unless given.
    public init(
        _ features: FeatureMatrix, ids: [String]? = nil, columns: [String] = [], path: String = "items"
    ) throws {
        try self.init(
            path: path, ids: ids ?? (0..<features.rows).map(String.init), features: features,
            columns: columns,
            texts: nil, ignored: [], lines: nil)
    }

    private init(
        path: String, ids: [String], features: FeatureMatrix?, columns: [String], texts: [String]?,
        ignored: [String],
        lines: [Int]?, prompts: [String?]? = nil
    ) throws {
        guard ids.count == features?.rows ?? texts?.count else {
            throw PairFileError(
                path: path, problem: "there are \(ids.count) ids for \(features?.rows ?? 0) rows of numbers",
                advice: "give an id for each row")
        }
        if let features, !columns.isEmpty, columns.count != features.columns {
            throw PairFileError(
                path: path, problem: "there are \(columns.count) names for \(features.columns) columns",
                advice: "name every column, or none")
        }
        var places: [String: Int] = [:]
        for (place, id) in ids.enumerated() {
            if let first = places.updateValue(place, forKey: id) {
                throw PairFileError(
                    path: path, line: lines?[place], field: "id", value: id,
                    problem: "two items have this id (the other is item \(first + 1))",
                    advice: "give each its own")
            }
        }
        (self.path, self.ids, self.features, self.columns) = (path, ids, features, columns)
        (self.texts, self.ignored, self.places) = (texts, ignored, places)
        self.prompts = prompts
    }

    /// The row of an id.
    public subscript(_ id: String) -> Int? { places[id] }

    private static let idNames = ["id", "item_id", "item", "name", "key"]
    private static let textNames = ["text", "answer", "response", "completion", "output", "content"]
    private static let promptNames = ["prompt", "question", "instruction", "query", "context"]
    private static let listNames = ["embedding", "embeddings", "features", "vector"]

    /// Reads a file: CSV or JSON with a column of ids and columns of numbers (or a list of numbers, or a text), `.npy` or
    /// `.safetensors`.
    ///
    /// A column is one of numbers where its first value is a number; then all have to be.
    ///
    /// - Parameters:
    ///   - id: The column of ids; found by its name (id, item, name …) unless given.
    ///   - columns: The columns of numbers, in order; all unless given.
    ///   - ids: The ids of the rows of a file that holds none (`.npy`).
    ///   - tensor: Which tensor of a safetensors file.
    ///   - open: Reads a file's bytes, decompressed.
    /// - Throws: `PairFileError`.
    public static func read(
        _ path: String, id: String? = nil, columns: [String]? = nil, ids: [String]? = nil,
        tensor: String? = nil,
        open: (String) throws -> [UInt8] = { try PairFile.bytes(of: $0) }
    ) throws -> ItemTable {
        try read(try open(path), path: path, id: id, columns: columns, ids: ids, tensor: tensor)
    }

    /// Reads the bytes of a file.
    public static func read(
        _ bytes: [UInt8], path: String, id: String? = nil, columns: [String]? = nil, ids: [String]? = nil,
        tensor: String? = nil
    ) throws -> ItemTable {
        if bytes.first == 0x93 || path.hasSuffix(".npy") || path.hasSuffix(".safetensors") {
            return try ItemTable(
                NumberFile.read(bytes, path: path, tensor: tensor), ids: ids, columns: columns ?? [],
                path: path)
        }
        let records = try RecordText(path: path, longest: PairFile.defaultLongest).records(bytes)
        let names = records[0].fields.map(\.name)
        guard let idName = id ?? idNames.first(where: names.contains) else {
            throw PairFileError(
                path: path, line: records[0].line, problem: "no column is called id",
                advice: "name the column of ids; there are: \(names.prefix(20).joined(separator: ", "))")
        }
        for name in [idName] + (columns ?? []) where !names.contains(name) {
            throw PairFileError(
                path: path, line: records[0].line, field: name, problem: "there is no such column",
                advice: "there are: \(names.prefix(20).joined(separator: ", "))")
        }
        let found = try records.map { record -> String in
            guard let name = record[idName]?.name else {
                throw PairFileError(
                    path: path, line: record.line, field: idName, problem: "the item has no id",
                    advice: "give it one")
            }
            return name
        }
        let lines = records.map(\.line)
        let list = columns == nil ? listNames.first { records[0][$0]?.isNumbers == true } : nil
        if let list {
            let rows = try records.map { record -> [Double] in
                guard case .numbers(let numbers) = record[list] else {
                    throw PairFileError(
                        path: path, line: record.line, field: list, value: record[list]?.shown,
                        problem: "there is no list of numbers", advice: "give every item one")
                }
                return numbers
            }
            for (row, line) in zip(rows, lines) where row.count != rows[0].count {
                throw PairFileError(
                    path: path, line: line, field: list,
                    problem: "the item has \(row.count) numbers, the first has \(rows[0].count)",
                    advice: "give every item as many")
            }
            return try ItemTable(
                path: path, ids: found, features: FeatureMatrix(rows), columns: [], texts: nil,
                ignored: names.filter { $0 != idName && $0 != list }, lines: lines)
        }
        let numeric = columns ?? names.filter { $0 != idName && number(records[0][$0]) != nil }
        let textName =
            columns == nil ? textNames.first { records[0][$0]?.isText == true && !numeric.contains($0) } : nil
        guard !numeric.isEmpty || textName != nil else {
            throw PairFileError(
                path: path, line: records[0].line, problem: "no column holds numbers or is called text",
                advice: "give columns of numbers; there are: \(names.prefix(20).joined(separator: ", "))")
        }
        var values: [Double] = []
        for record in records {
            for name in numeric {
                guard let value = number(record[name]) else {
                    throw PairFileError(
                        path: path, line: record.line, field: name, value: record[name]?.shown,
                        problem: record[name] == nil ? "the number is missing" : "this is no finite number",
                        advice: "correct it, or choose the columns of numbers by name")
                }
                values.append(value)
            }
        }
        let texts = try textName.map { name in
            try records.map { record in
                guard case .text(let text) = record[name] else {
                    throw PairFileError(
                        path: path, line: record.line, field: name, problem: "the text is missing",
                        advice: "add it")
                }
                return text
            }
        }
        let promptName = textName == nil ? nil : promptNames.first { records[0][$0]?.isText == true }
        let prompts = promptName.map { name in
            records.map { record -> String? in
                guard case .text(let text) = record[name] else { return nil }
                return text
            }
        }
        return try ItemTable(
            path: path, ids: found,
            features: numeric.isEmpty
                ? nil : FeatureMatrix(rows: records.count, columns: numeric.count, values: values),
            columns: numeric, texts: texts,
            ignored: names.filter {
                $0 != idName && $0 != textName && $0 != promptName && !numeric.contains($0)
            }, lines: lines, prompts: prompts)
    }

    /// A number of JSON, or a cell that is one; nil for what is none or not finite.
    static func number(_ node: JSONNode?) -> Double? {
        switch node {
        case .number(let number): number
        case .bool(let flag): flag ? 1 : 0
        case .text(let text):
            Double(text.trimmingPrefix(while: \.isWhitespace)).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }
}

extension JSONNode {
    var isNumbers: Bool { if case .numbers = self { true } else { false } }
    var isText: Bool { if case .text = self { true } else { false } }
}

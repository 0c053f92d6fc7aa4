/// One attempt to read a schema as a certain format: which columns were taken as which fields.
struct Recognition {
    let schema: Schema
    private let mapping: [String: Int]
    private var keys: [String: Int] = [:]
    /// Every field that was taken, with its column, in order.
    private(set) var taken: [(field: String, column: Int)] = []
    private var takenColumns: Set<Int> = []
    private let mappedColumns: Set<Int>

    /// - Parameter mapping: Fields that the user named columns for.
    init(_ schema: Schema, mapping: [String: Int]) {
        self.schema = schema
        self.mapping = mapping
        mappedColumns = Set(mapping.values)
        for (index, column) in schema.columns.enumerated().reversed() { keys[column.key] = index }
    }

    /// Takes the column that the user named for a field, or else the first of these names that is there.
    mutating func take(
        _ field: String, _ names: [String] = [], where fits: (Schema.Column) -> Bool = { _ in true }
    )
        -> Int?
    {
        if let column = mapping[field] {
            note(field, column)
            return column
        }
        for name in names {
            guard let column = keys[name], !isTaken(column), !mappedColumns.contains(column),
                fits(schema.columns[column])
            else { continue }
            note(field, column)
            return column
        }
        return nil
    }

    private mutating func note(_ field: String, _ column: Int) {
        taken.append((field, column))
        takenColumns.insert(column)
    }

    /// Takes two columns that belong together, by the first pair of names of which both are there.
    mutating func take(_ fields: (String, String), _ names: [(String, String)]) -> (Int, Int)? {
        let before = (taken, takenColumns)
        let given = (mapping[fields.0] != nil, mapping[fields.1] != nil)
        for pair in names {
            if let a = take(fields.0, [pair.0]), let b = take(fields.1, [pair.1]) { return (a, b) }
            (taken, takenColumns) = before
        }
        if given.0, given.1, let a = take(fields.0), let b = take(fields.1) { return (a, b) }
        (taken, takenColumns) = before
        return nil
    }

    /// Takes the columns field1, field2, … as long as there are any.
    mutating func takeNumbered(_ field: String, _ patterns: [(String, String)], from: Int = 1) -> [Int] {
        var columns: [Int] = []
        var number = from
        while let column = take("\(field)\(number)", patterns.map { "\($0.0)\(number)\($0.1)" }) {
            columns.append(column)
            number += 1
        }
        return columns
    }

    /// What follows a prefix in the fields that the user named, `score.` for example.
    func mapped(_ prefix: String) -> [String] { mapping.keys.compactMap { Self.rest($0, prefix) }.sorted() }

    func isTaken(_ column: Int) -> Bool { takenColumns.contains(column) }

    func column(_ field: String) -> Int? { taken.first { $0.field == field }?.column }

    /// Whether a column of this name is there.
    func has(_ name: String) -> Bool { keys[name] != nil }

    /// Whether every field that the user named a column for was taken.
    var usesWholeMapping: Bool { mapping.keys.allSatisfy { field in taken.contains { $0.field == field } } }

    /// Whether the user named any column.
    var usesMapping: Bool { !mapping.isEmpty }

    // The fields that every kind of feedback may have.

    mutating func takeJudge() -> Int? {
        take(
            "judge",
            [
                "judge", "judge_id", "annotator", "annotator_id", "worker", "worker_id", "workerid", "rater",
                "rater_id",
                "user", "user_id", "userid", "respondent", "respondent_id", "voter", "evaluator",
            ])
    }

    mutating func takePrompt() -> Int? {
        take(
            "prompt", ["prompt", "prompt_id", "question_id", "question", "instruction", "query", "query_id"])
    }

    mutating func takeTime() -> Int? {
        take("time", ["time", "timestamp", "tstamp", "date", "datetime", "created_at"])
    }

    mutating func takeWeight() -> Int? { take("weight", ["weight"]) }

    mutating func takeIds() -> (id: Int?, decision: Int?) {
        (take("id", ["event_id"]), take("decision", ["decision_id"]))
    }

    /// Takes what no field took: groups, numbers of the occasion, and numbers of the items where columns come in
    /// pairs (`length_a`, `length_b`).
    mutating func takeExtras(sides: [(String, String)] = []) -> Extras {
        var extras = Extras()
        var mapped: Set<Int> = []
        for (field, column) in mapping.sorted(by: { $0.key < $1.key }) {
            if let name = Self.rest(field, "group.") {
                extras.groups.append(Extras.Named(name: name, column: column, isExplicit: true))
            } else if let name = Self.rest(field, "feature.") {
                extras.features.append(Extras.Named(name: name, column: column, isExplicit: true))
            } else if let name = Self.rest(field, "left."), let other = mapping["right." + name] {
                extras.pairs.append(Extras.Pair(name: name, left: column, right: other, isText: false))
            } else if Self.rest(field, "right.") == nil {
                continue
            }
            note(field, column)
            mapped.insert(column)
        }
        let free = schema.columns.indices.filter { !isTaken($0) && !schema.columns[$0].name.isEmpty }
        let isFree = Set(free)
        let exact = Dictionary(
            free.map { (Array(schema.columns[$0].name.utf8), $0) }, uniquingKeysWith: { first, _ in first })
        var used = mapped
        if !sides.isEmpty {
            for column in free where !used.contains(column) {
                guard let name = Self.rest(schema.columns[column].name, "left."),
                    let other = exact[Array(("right." + name).utf8)], isFree.contains(other)
                else { continue }
                used.formUnion([column, other])
                extras.pairs.append(Extras.Pair(name: name, left: column, right: other, isText: false))
            }
            for column in free where !used.contains(column) {
                guard let (other, name) = partner(of: column, sides: sides, among: isFree),
                    !used.contains(other)
                else { continue }
                let a = schema.columns[column]
                let b = schema.columns[other]
                used.formUnion([column, other])
                if (a.isNumeric || a.filled == 0) && (b.isNumeric || b.filled == 0) {
                    guard a.filled + b.filled > 0 else { continue }
                    extras.pairs.append(
                        Extras.Pair(name: Self.pairName(name), left: column, right: other, isText: false))
                } else if Self.texts.contains(name), !a.isNested, !b.isNested,
                    !extras.pairs.contains(where: { $0.name == "length" })
                {
                    extras.pairs.append(Extras.Pair(name: "length", left: column, right: other, isText: true))
                }
            }
        }
        for column in free where !used.contains(column) {
            let c = schema.columns[column]
            if let name = Self.rest(c.name, "group.") {
                extras.groups.append(Extras.Named(name: name, column: column, isExplicit: true))
            } else if let name = Self.rest(c.name, "feature.") {
                extras.features.append(Extras.Named(name: name, column: column, isExplicit: true))
            } else if c.isNumeric || c.filled == 0 && schema.records > 0 {
                // A column that has nothing yet: numbers that come later are kept.
                extras.features.append(Extras.Named(name: c.name, column: column, isExplicit: false))
            } else if schema.isGroup(column) {
                extras.groups.append(Extras.Named(name: c.name, column: column, isExplicit: false))
            }
        }
        return extras
    }

    /// The column that is this one's counterpart on the other side, and the name of what both hold.
    private func partner(of column: Int, sides: [(String, String)], among free: Set<Int>) -> (Int, String)? {
        let name = schema.columns[column].key
        if ["group.", "feature."].contains(where: { Self.rest(schema.columns[column].name, $0) != nil }) {
            return nil
        }
        let path = name.split(separator: ".", omittingEmptySubsequences: false)
        for (depth, part) in path.enumerated().reversed() {
            let words = part.split(separator: "_", omittingEmptySubsequences: false)
            guard words.count > 1 else { continue }
            for (one, two) in sides {
                for (place, word) in words.enumerated() where word == one {
                    var other = words
                    other[place] = Substring(two)
                    var path = path
                    path[depth] = Substring(other.joined(separator: "_"))
                    guard let index = keys[path.joined(separator: ".")], index != column, free.contains(index)
                    else { continue }
                    var base = words
                    base.remove(at: place)
                    path[depth] = Substring(base.joined(separator: "_"))
                    return (index, path[depth...].joined(separator: "."))
                }
            }
        }
        return nil
    }

    /// Texts whose length in characters is the item's feature `length`.
    private static let texts: Set<String> = ["output", "response", "answer", "text", "completion", "reply"]

    /// `len_output` and its like are one feature, whoever wrote the file.
    private static func pairName(_ name: String) -> String {
        let words = name.split(separator: "_")
        let isLength = words.contains { ["len", "length", "chars", "characters"].contains($0) }
        let isPlain = words.allSatisfy {
            ["len", "length", "chars", "characters"].contains($0) || texts.contains(String($0))
        }
        return isLength && isPlain ? "length" : name
    }

    private static func rest(_ text: String, _ prefix: String) -> String? {
        text.utf8.starts(with: prefix.utf8) && text.utf8.count > prefix.utf8.count
            ? String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : nil
    }
}

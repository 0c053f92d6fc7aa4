/// Rankings of several named systems, one record each: system1, rank1, system2, rank2, … with ties, and -1 for
/// one that was not ranked. A name with `+` stands for several systems with the same output: they are tied.
struct JudgedRankingDecoder: RowDecoder {
    let format = FeedbackFormat.judgedRankings
    let names: [Int]
    let ranks: [Int]
    let context: ContextFields
    let extras: Extras

    init?(_ r: inout Recognition) {
        names = r.takeNumbered("item", Self.items)
        ranks = r.takeNumbered("rank", Self.ranks)
        guard names.count >= 3, names.count == ranks.count else { return nil }
        var context = ContextFields(&r)
        if context.prompt == nil {
            context.prompt = r.take("prompt", ["segment", "segment_id", "srcindex", "source"])
        }
        self.context = context
        extras = r.takeExtras()
    }

    static let items = [
        ("system", ""), ("system_", ""), ("system", "id"), ("item", ""), ("item_", ""), ("model", ""),
        ("model_", ""),
    ]
    static let ranks = [("rank", ""), ("rank_", ""), ("system", "rank"), ("place", ""), ("place_", "")]

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        var places: [(rank: Int, names: [String])] = []
        for (name, rank) in zip(names, ranks) {
            guard let place = try Self.rank(row, rank), row.bytes(name) != nil else { continue }
            places.append((place, try Self.members(try row.text(name, "item"), name)))
        }
        guard let tiers = Self.tiers(places) else { return }
        var event = FeedbackEvent(.ranking(Ranking(tiers: tiers)))
        try context.fill(&event, from: row)
        try extras.fill(&event, from: row)
        out.add(event, line: row.line)
    }

    /// A rank; `nil` where the field is empty or negative, which means that the item was not ranked.
    static func rank(_ row: Row, _ column: Int) throws(FieldError) -> Int? {
        guard let bytes = row.bytes(column) else { return nil }
        guard let rank = DecimalNumber.integer(bytes) else {
            throw FieldError("rank", column: column, value: Excerpt.of(bytes), "a whole number is expected")
        }
        return rank < 0 ? nil : rank
    }

    /// The systems that a joined name stands for.
    static func members(_ name: String, _ column: Int) throws(FieldError) -> [String] {
        guard name.utf8.contains(UInt8(ascii: "+")) else { return [name] }
        let members = name.utf8.split(separator: UInt8(ascii: "+")).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard (1...maximumMembers).contains(members.count) else {
            throw FieldError(
                "item", column: column, value: Excerpt.of(Array(name.utf8)),
                "between 1 and \(maximumMembers) names joined with + are expected")
        }
        return members
    }

    /// The most systems that one joined name may stand for.
    private static let maximumMembers = 64

    /// The names by rank, best first; `nil` where fewer than two are ranked.
    static func tiers<Name>(_ places: [(rank: Int, names: [Name])]) -> [[Name]]? {
        guard places.reduce(0, { $0 + $1.names.count }) >= 2 else { return nil }
        var tiers: [[Name]] = []
        var last: Int?
        // A stable order keeps tied items as the file lists them.
        let order = places.indices.sorted { (places[$0].rank, $0) < (places[$1].rank, $1) }
        for index in order {
            if places[index].rank == last {
                tiers[tiers.count - 1] += places[index].names
            } else {
                tiers.append(places[index].names)
            }
            last = places[index].rank
        }
        return tiers
    }
}

/// Pairs taken from larger rankings: system1, rank1, system2, rank2. A name with `+` stands for several systems
/// with the same output: each of them meets the other side, and they are tied with each other, once a ranking.
struct RankedPairDecoder: RowDecoder {
    let format = FeedbackFormat.rankedPairs
    let names: [Int]
    let ranks: [Int]
    let ranking: Int?
    let context: ContextFields
    let extras: Extras
    private var joined = Names()

    init?(_ r: inout Recognition) {
        names = r.takeNumbered("item", JudgedRankingDecoder.items)
        ranks = r.takeNumbered("rank", JudgedRankingDecoder.ranks)
        guard names.count == 2, ranks.count == 2 else { return nil }
        ranking = r.take("prompt", ["ranking_id", "ranking", "task_id"])
        var context = ContextFields(&r)
        let segment = r.take("segment", ["segment", "segment_id", "srcindex"])
        context.prompt = ranking ?? context.prompt ?? segment
        self.context = context
        var extras = r.takeExtras()
        if let segment, context.prompt != segment {
            extras.groups.append(Extras.Named(name: "segment", column: segment, isExplicit: false))
        }
        self.extras = extras
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        guard let one = try JudgedRankingDecoder.rank(row, ranks[0]),
            let two = try JudgedRankingDecoder.rank(row, ranks[1])
        else { return }
        let left = try JudgedRankingDecoder.members(try row.text(names[0], "item1"), names[0])
        let right = try JudgedRankingDecoder.members(try row.text(names[1], "item2"), names[1])
        let outcome: Comparison.Outcome = one == two ? .tie : one < two ? .left : .right
        var event = FeedbackEvent(.comparison(Comparison(left: "", right: "", outcome: outcome)))
        try context.fill(&event, from: row)
        try extras.fill(&event, from: row)
        for a in left {
            for b in right where a != b {
                event.feedback = .comparison(Comparison(left: a, right: b, outcome: outcome))
                out.add(event, line: row.line)
            }
        }
        for members in [left, right] where members.count > 1 {
            let occasion =
                event.groups.sortedByBytes().map(\.value) + [event.judge ?? "", event.prompt ?? ""]
            let known = joined.count
            joined.intern((occasion + members).joined(separator: "\u{1F}"))
            guard joined.count > known else { continue }
            for (index, a) in members.enumerated() {
                for b in members[(index + 1)...] where a != b {
                    event.feedback = .comparison(Comparison(left: a, right: b, outcome: .tie))
                    out.add(event, line: row.line)
                }
            }
        }
    }
}

/// One column of ranks for each item, one record for each respondent: rank_X.
struct RankColumnDecoder: RowDecoder {
    let format = FeedbackFormat.rankColumns
    let columns: [(name: String, column: Int)]
    let context: ContextFields
    let extras: Extras
    private let itemNumbers: [(name: String, columns: [Int])]

    init?(_ r: inout Recognition) {
        var columns: [(name: String, column: Int)] = []
        for column in r.schema.columns where column.key.hasPrefix("rank_") || column.key.hasPrefix("rank.") {
            guard column.key.count > 5, column.isNumeric,
                let index = r.take("rank." + Self.tail(column.name), [column.key])
            else { continue }
            columns.append((Self.tail(column.name), index))
        }
        guard columns.count >= 2 else { return nil }
        self.columns = columns
        context = ContextFields(&r)
        // Columns that have the same endings belong to the items.
        var numbers: [(name: String, columns: [Int])] = []
        for column in r.schema.columns where column.key.hasSuffix("_" + Schema.key(columns[0].name)) {
            let name = String(
                decoding: column.name.utf8.dropLast(columns[0].name.utf8.count + 1), as: UTF8.self)
            var attempt = r
            let found = columns.compactMap { item in
                attempt.take(
                    "\(name).\(item.name)", ["\(Schema.key(name))_\(Schema.key(item.name))"],
                    where: { $0.isNumeric })
            }
            if found.count == columns.count, !name.isEmpty {
                r = attempt
                numbers.append((name, found))
            }
        }
        itemNumbers = numbers
        extras = r.takeExtras()
    }

    /// What follows `rank_`.
    private static func tail(_ name: String) -> String {
        String(decoding: name.utf8.dropFirst(5), as: UTF8.self)
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        var places: [(rank: Int, names: [Int])] = []
        for (index, item) in columns.enumerated() {
            if let rank = try JudgedRankingDecoder.rank(row, item.column) { places.append((rank, [index])) }
        }
        guard let tiers = JudgedRankingDecoder.tiers(places) else { return }
        var event = FeedbackEvent(.ranking(Ranking(tiers: tiers.map { $0.map { columns[$0].name } })))
        try context.fill(&event, from: row)
        try extras.fill(&event, from: row)
        for (name, numbers) in itemNumbers {
            let values = tiers.joined().compactMap {
                row.bytes(numbers[$0]).flatMap { DecimalNumber.value($0) }
            }
            if values.count == places.count { event.itemFeatures[name] = values }
        }
        out.add(event, line: row.line)
    }
}

/// Orders written out with a count: `7>4=5>1`.
struct OrderDecoder: RowDecoder {
    let format = FeedbackFormat.orders
    let order: Int
    var context: ContextFields
    let extras: Extras
    private(set) var notes: [String] = []
    private var single = 0

    init?(_ r: inout Recognition) {
        guard
            let order = r.take(
                "ranking", ["ranking", "order", "preference"],
                where: { c in
                    c.values.contains { $0.contains(UInt8(ascii: ">")) } || c.longest > Schema.longestGroup
                })
        else { return nil }
        self.order = order
        let count = r.take("weight", ["count", "weight", "voters", "n"])
        context = ContextFields(&r)
        context.weight = count
        extras = r.takeExtras()
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        let text = try row.text(order, "ranking")
        var tiers: [[String]] = []
        for tier in text.utf8.split(separator: UInt8(ascii: ">"), omittingEmptySubsequences: false) {
            let names = tier.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false).map(
                Self.trimmed)
            if names.contains(where: \.isEmpty) {
                throw FieldError(
                    "ranking", column: order, value: Excerpt.of(Array(text.utf8)), "a place without a name")
            }
            tiers.append(names)
        }
        if tiers.count == 1, tiers[0].count == 1 {
            single += 1
            notes = ["\(counted(single, "ranking")) of a single item left out: nothing is above or below it"]
            return
        }
        var event = FeedbackEvent(.ranking(Ranking(tiers: tiers)))
        try context.fill(&event, from: row)
        try extras.fill(&event, from: row)
        out.add(event, line: row.line)
    }

    private static func trimmed(_ bytes: Substring.UTF8View) -> String {
        let body = bytes.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed()
        return String(decoding: Array(body), as: UTF8.self)
    }
}

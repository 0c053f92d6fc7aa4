/// Finishing positions, one record for each starter: the records of a race become one ranking, and a starter
/// whose position is not a whole number (NC, DQ, DNF) is below all who have one.
struct PositionDecoder: RowDecoder {
    let format = FeedbackFormat.positions
    let position: Int
    let item: Int
    /// The columns that name a race, and all that describe it.
    let keys: [Int]
    let described: [(name: String, column: Int)]
    let time: Int?
    let extras: Extras
    private struct Starter {
        var name: String
        var place: Int?
        var numbers: [Double?]
    }
    private struct Occasion {
        var time: Double?
        var groups: [String: String] = [:]
    }
    private var races = Gathered<Starter>()
    private var occasions: [Occasion] = []
    private(set) var notes: [String] = []

    init?(_ r: inout Recognition) {
        guard
            let position = r.take(
                "position",
                ["position", "place", "pos", "finish", "finishing_position", "finish_position", "rank"]),
            let item = r.take(
                "item",
                [
                    "driver", "rider", "athlete", "horse", "runner", "skier", "player", "competitor", "item",
                    "name", "team",
                ])
        else { return nil }
        var columns: [String: Int] = [:]
        columns["race"] = r.take("race", ["race_id", "raceid", "race", "event_id", "event", "contest"])
        for name in ["season", "year", "round", "track", "circuit", "meeting", "heat"] {
            columns[name] = r.take(name, [name])
        }
        let time = r.takeTime()
        // The number of the race in its season names it; how the track is spelt does not.
        let season = columns["season"] ?? columns["year"]
        let named = [season, columns["race"] ?? columns["round"], columns["heat"]].compactMap { $0 }
        let places = ["track", "circuit", "meeting"].compactMap { columns[$0] }
        let isNamed = columns["race"] != nil || (season != nil && columns["round"] != nil)
        let keys = isNamed ? named : named + places + [time].compactMap { $0 }
        guard !keys.isEmpty else { return nil }
        let described = columns.values.sorted().map { (name: r.schema.columns[$0].name, column: $0) }
        (self.position, self.item, self.keys, self.time) = (position, item, keys, time)
        self.described = described
        var extras = r.takeExtras()
        extras.groups = extras.groups.filter(\.isExplicit)
        self.extras = extras
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        var parts: [String] = []
        for column in keys { parts.append(try row.text(column, "race")) }
        let index = races.index(of: parts.joined(separator: "/"), line: row.line)
        do throws(FieldError) {
            let starter = Starter(
                name: try row.text(item, "item"), place: try place(row),
                numbers: extras.features.map { row.bytes($0.column).flatMap { DecimalNumber.value($0) } })
            guard races.isNew(starter.name, in: index) else {
                throw FieldError(
                    "item", column: item, value: starter.name, "a starter appears twice in one race")
            }
            if index == occasions.count {
                var occasion = Occasion(time: try row.time(time))
                for (name, column) in described { occasion.groups[name] = row.text(column) }
                occasions.append(occasion)
            }
            races[index].entries.append(starter)
        } catch {
            if index == occasions.count { occasions.append(Occasion()) }
            races[index].isSpoiled = true
            throw error
        }
    }

    private func place(_ row: Row) throws(FieldError) -> Int? {
        guard let bytes = row.bytes(position) else { return nil }
        guard let number = DecimalNumber.value(bytes) else { return nil }
        guard let place = Int(exactly: number), place >= 1 else {
            throw FieldError("position", column: position, value: Excerpt.of(bytes), "positions count from 1")
        }
        return place
    }

    mutating func finish(into out: inout DecodedEvents) {
        var spoiled = 0
        var short = 0
        for (index, race) in races.groups.enumerated() {
            if race.isSpoiled {
                spoiled += 1
                continue
            }
            let placed = race.entries.indices.filter { race.entries[$0].place != nil }
                .sorted { (race.entries[$0].place!, $0) < (race.entries[$1].place!, $1) }
            let unplaced = race.entries.indices.filter { race.entries[$0].place == nil }
            guard race.entries.count > 1, !placed.isEmpty else {
                short += 1
                continue
            }
            var tiers: [[String]] = []
            var last: Int?
            for starter in placed.map({ race.entries[$0] }) {
                if starter.place == last {
                    tiers[tiers.count - 1].append(starter.name)
                } else {
                    tiers.append([starter.name])
                }
                last = starter.place
            }
            var event = FeedbackEvent(
                .ranking(Ranking(tiers: tiers, unplaced: unplaced.map { race.entries[$0].name })),
                prompt: race.key, time: occasions[index].time, groups: occasions[index].groups)
            for (place, feature) in extras.features.enumerated() {
                let values = (placed + unplaced).compactMap { race.entries[$0].numbers[place] }
                if values.count == race.entries.count { event.itemFeatures[feature.name] = values }
            }
            out.add(event, line: race.line)
        }
        if spoiled > 0 { notes.append("\(counted(spoiled, "race")) with a bad line left out") }
        if short > 0 {
            notes.append(
                "\(counted(short, "race")) without an order (one starter, or nobody placed) left out")
        }
    }
}

/// Choices, one record for each alternative: case, alt, choice (1 for the one that was taken).
struct ChoiceRowDecoder: RowDecoder {
    let format = FeedbackFormat.choiceRows
    let key: Int
    let item: Int
    let chosen: Int
    let context: ContextFields
    let extras: Extras
    private struct Alternative {
        var name: String
        var isChosen: Bool
        var numbers: [Double?]
    }
    private var cases = Gathered<Alternative>()
    private var events: [FeedbackEvent] = []
    private(set) var notes: [String] = []

    init?(_ r: inout Recognition) {
        guard
            let key = r.take(
                "case",
                ["case", "case_id", "choice_id", "chid", "obs", "obs_id", "observation", "choice_set"]),
            let item = r.take("item", ["alt", "alternative", "option", "item", "mode"]),
            let chosen = r.take("chosen", ["choice", "chosen", "selected", "picked"])
        else { return nil }
        (self.key, self.item, self.chosen) = (key, item, chosen)
        context = ContextFields(&r)
        extras = r.takeExtras()
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        let index = cases.index(of: try row.text(key, "case"), line: row.line)
        do throws(FieldError) {
            let name = try row.text(item, "item")
            guard let isChosen = try row.bool(chosen, "chosen") else {
                throw FieldError(
                    "chosen", column: chosen, value: "", "1 or 0 is expected and the field is empty")
            }
            guard cases.isNew(name, in: index) else {
                throw FieldError(
                    "item", column: item, value: name, "an alternative appears twice in one case")
            }
            if isChosen, cases[index].hasMark {
                throw FieldError(
                    "chosen", column: chosen, value: "1", "a second alternative of the case is chosen")
            }
            if index == events.count {
                var event = FeedbackEvent(.choice(Choice("", among: [])))
                try context.fill(&event, from: row)
                var groups = extras
                groups.features = []
                try groups.fill(&event, from: row)
                if event.prompt == nil { event.prompt = cases[index].key }
                events.append(event)
            }
            let numbers = extras.features.map { row.bytes($0.column).flatMap { DecimalNumber.value($0) } }
            if isChosen { cases[index].hasMark = true }
            cases[index].entries.append(Alternative(name: name, isChosen: isChosen, numbers: numbers))
        } catch {
            if index == events.count { events.append(FeedbackEvent(.choice(Choice("", among: [])))) }
            cases[index].isSpoiled = true
            throw error
        }
    }

    mutating func finish(into out: inout DecodedEvents) {
        var spoiled = 0
        for (index, group) in cases.groups.enumerated() {
            if group.isSpoiled {
                spoiled += 1
                continue
            }
            guard let taken = group.entries.first(where: \.isChosen) else {
                out.refuse(
                    FieldError(
                        "case", column: nil, value: group.key, "none of the case's alternatives is chosen"),
                    line: group.line)
                continue
            }
            var event = events[index]
            event.feedback = .choice(Choice(taken.name, among: group.entries.map(\.name)))
            for (place, feature) in extras.features.enumerated() {
                let values = group.entries.compactMap { $0.numbers[place] }
                if values.count == group.entries.count { event.itemFeatures[feature.name] = values }
            }
            out.add(event, line: group.line)
        }
        if spoiled > 0 { notes.append("\(counted(spoiled, "case")) with a bad line left out") }
    }
}

/// Ballots with a count: choice1, choice2, … by race. The candidates of a race are all that any of its ballots
/// name; on each ballot those it does not name are below those it names, in no order among themselves.
struct BallotDecoder: RowDecoder {
    let format = FeedbackFormat.ballots
    let choices: [Int]
    let race: Int?
    let context: ContextFields
    let extras: Extras
    private struct Ballot {
        var names: [UInt32]
        var event: FeedbackEvent
        var line: Int
    }
    /// The most candidates of a race that are listed as unplaced on every ballot.
    private static let maximumCandidates = 1000

    private var candidates = Names()
    private var races = Gathered<Ballot>()
    private var blank = 0.0
    private(set) var notes: [String] = []

    init?(_ r: inout Recognition) {
        choices = r.takeNumbered(
            "choice",
            [("choice", ""), ("choice_", ""), ("pref", ""), ("preference_", ""), ("rank", ""), ("rank_", "")])
        guard choices.count >= 2,
            choices.allSatisfy({ column in
                let c = r.schema.columns[column]
                return !c.isNumeric && !c.isNested
            })
        else { return nil }
        race = r.take("race", ["race", "contest", "election", "office"])
        let count = r.take("weight", ["count", "weight", "ballots", "n"])
        var context = ContextFields(&r)
        context.weight = count
        self.context = context
        extras = r.takeExtras()
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        var event = FeedbackEvent(.ranking(Ranking(tiers: [])))
        try context.fill(&event, from: row)
        try extras.fill(&event, from: row)
        guard event.weight.isFinite, event.weight >= 0 else {
            throw FieldError(
                "weight", column: context.weight, value: "\(event.weight)", "a count is not negative")
        }
        let key = row.text(race) ?? ""
        if race != nil, event.prompt == nil { event.prompt = key }
        var names: [UInt32] = []
        var own: Set<UInt32> = []
        for column in choices {
            guard let name = row.text(column) else { continue }
            let word = name.lowercased()
            if word == "overvote" { break }
            if word == "undervote" || word == "skipped" { continue }
            let code = candidates.intern(name)
            if own.insert(code).inserted { names.append(code) }
        }
        let index = races.index(of: key, line: row.line)
        if names.isEmpty {
            blank += event.weight
            return
        }
        races[index].entries.append(Ballot(names: names, event: event, line: row.line))
    }

    mutating func finish(into out: inout DecodedEvents) {
        var ballots: [Ballot] = []
        for race in races.groups {
            var named: [UInt32] = []
            var seen: Set<UInt32> = []
            for ballot in race.entries {
                for code in ballot.names where seen.insert(code).inserted { named.append(code) }
            }
            let isLong = named.count > Self.maximumCandidates
            if isLong {
                notes.append(
                    "\(counted(named.count, "name")) in one race: those a ballot does not name are left out of it"
                )
            }
            guard named.count > 1 else { continue }
            for var ballot in race.entries where !isLong || ballot.names.count > 1 {
                let own = Set(ballot.names)
                let rest = isLong ? [] : named.filter { !own.contains($0) }
                ballot.event.feedback = .ranking(
                    Ranking(
                        tiers: ballot.names.map { [candidates[$0]] },
                        unplaced: rest.map { candidates[$0] }))
                ballots.append(ballot)
            }
        }
        for ballot in ballots.sorted(by: { $0.line < $1.line }) { out.add(ballot.event, line: ballot.line) }
        if blank > 0 { notes.append("ballots that name nobody left out: \(DecimalNumber.text(blank))") }
        if !ballots.isEmpty {
            notes.append(
                "candidates that a ballot does not name are below those it names, in no order among themselves"
            )
        }
    }
}

/// Who, when, where and with what weight, for each row of one table of a log.
///
/// Codes of judges and prompts are those of the log's `judges` and `prompts`. A column that no row uses takes
/// no memory.
public struct ContextColumns: Sendable, Equatable {
    /// The number of rows.
    public internal(set) var count = 0
    /// The judge of each row.
    public internal(set) var judge = Column<UInt32>(missing: Names.none)
    /// What each row answers.
    public internal(set) var prompt = Column<UInt32>(missing: Names.none)
    /// Seconds since 1970; not a number where unknown.
    public internal(set) var time = Column<Double>(missing: .nan)
    /// How much each row counts.
    public internal(set) var weight = Column<Double>(missing: 1)
    /// The ids of the events.
    public internal(set) var id = TextColumn()
    /// The decisions that the rows answer.
    public internal(set) var decision = TextColumn()
    /// The group of each row, by attribute.
    public internal(set) var groups: [String: NameColumn] = [:]
    /// The occasion's numbers, by name; not a number where unknown.
    public internal(set) var features: [String: Column<Double>] = [:]
    /// The items' numbers as shown, by name, one for each item slot of the table (a comparison has two).
    public internal(set) var itemFeatures: [String: Column<Double>] = [:]

    /// Creates columns without rows.
    public init() {}

    /// Adds the context of one event; `slots` is the number of item slots before this row.
    mutating func append(_ event: FeedbackEvent, judges: inout Names, prompts: inout Names, slots: Int) {
        if let name = event.judge { judge.append(judges.intern(name)) } else { judge.appendMissing() }
        if let name = event.prompt { prompt.append(prompts.intern(name)) } else { prompt.appendMissing() }
        if let seconds = event.time { time.append(seconds) } else { time.appendMissing() }
        if event.weight != 1 { weight.append(event.weight) } else { weight.appendMissing() }
        id.append(event.id)
        decision.append(event.decision)
        for (attribute, value) in event.groups {
            groups[attribute, default: NameColumn()].codes.pad(to: count)
            groups[attribute]!.append(value)
        }
        for (name, value) in event.features {
            features[name, default: Column(missing: .nan)].pad(to: count)
            features[name]!.append(value)
        }
        for (name, values) in event.itemFeatures {
            itemFeatures[name, default: Column(missing: .nan)].pad(to: slots)
            for value in values { itemFeatures[name]!.append(value) }
        }
        count += 1
        padGroupsAndFeatures()
    }

    /// Adds a row that has only what the hot readers fill in: codes, a time and a weight.
    @inline(__always)
    mutating func append(judge code: UInt32, prompt: UInt32, time seconds: Double, weight value: Double) {
        if code != Names.none { judge.append(code) } else { judge.appendMissing() }
        if prompt != Names.none { self.prompt.append(prompt) } else { self.prompt.appendMissing() }
        if seconds.isFinite { time.append(seconds) } else { time.appendMissing() }
        if value != 1 { weight.append(value) } else { weight.appendMissing() }
        count += 1
        id.pad(to: count)
        decision.pad(to: count)
        if !groups.isEmpty || !features.isEmpty { padGroupsAndFeatures() }
    }

    /// Adds rows that have a judge or nothing.
    mutating func append(judges codes: some Collection<UInt32>, count rows: Int) {
        if codes.isEmpty { judge.appendMissing(rows) } else { judge.append(contentsOf: codes) }
        prompt.appendMissing(rows)
        time.appendMissing(rows)
        weight.appendMissing(rows)
        count += rows
        id.pad(to: count)
        decision.pad(to: count)
        padGroupsAndFeatures()
    }

    // The columns are reached by their place in the dictionary and changed there: a loop over the keys would hold
    // a second reference to the dictionary, and each change would copy a whole column.

    private mutating func padGroupsAndFeatures() {
        var group = groups.startIndex
        while group != groups.endIndex {
            if groups.values[group].codes.count < count { groups.values[group].codes.pad(to: count) }
            groups.formIndex(after: &group)
        }
        var feature = features.startIndex
        while feature != features.endIndex {
            if features.values[feature].count < count { features.values[feature].pad(to: count) }
            features.formIndex(after: &feature)
        }
    }

    /// Pads the items' numbers after a row's slots were added.
    mutating func padItemFeatures(to slots: Int) {
        var feature = itemFeatures.startIndex
        while feature != itemFeatures.endIndex {
            if itemFeatures.values[feature].count < slots { itemFeatures.values[feature].pad(to: slots) }
            itemFeatures.formIndex(after: &feature)
        }
    }

    /// Fills an event with the context of a row.
    func fill(_ event: inout FeedbackEvent, row: Int, judges: Names, prompts: Names, slots: Range<Int>) {
        let judge = judge[row]
        event.judge = judge == Names.none ? nil : judges[judge]
        let prompt = prompt[row]
        event.prompt = prompt == Names.none ? nil : prompts[prompt]
        let time = time[row]
        event.time = time.isNaN ? nil : time
        event.weight = weight[row]
        event.id = id[row]
        event.decision = decision[row]
        for (attribute, column) in groups {
            if let value = column[row] { event.groups[attribute] = value }
        }
        for (name, column) in features {
            let value = column[row]
            if !value.isNaN { event.features[name] = value }
        }
        for (name, column) in itemFeatures {
            let values = slots.map { column[$0] }
            if !values.contains(where: \.isNaN) { event.itemFeatures[name] = values }
        }
    }

    public static func == (a: ContextColumns, b: ContextColumns) -> Bool {
        func same(_ x: Column<Double>, _ y: Column<Double>) -> Bool {
            x.count == y.count
                && (0..<(x.isEmpty && y.isEmpty ? 0 : x.count)).allSatisfy {
                    x[$0].bitPattern == y[$0].bitPattern
                }
        }
        return a.count == b.count && a.judge == b.judge && a.prompt == b.prompt && same(a.time, b.time)
            && a.weight == b.weight && a.id == b.id && a.decision == b.decision && a.groups == b.groups
            && a.features.count == b.features.count
            && a.features.allSatisfy { name, column in b.features[name].map { same(column, $0) } ?? false }
            && a.itemFeatures.count == b.itemFeatures.count
            && a.itemFeatures.allSatisfy { name, column in
                b.itemFeatures[name].map { same(column, $0) } ?? false
            }
    }
}

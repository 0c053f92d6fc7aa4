/// Turns the records of one format into events.
protocol RowDecoder {
    /// Takes the columns that the format needs, or finds that this is not the format.
    init?(_ recognition: inout Recognition)
    /// What the columns were recognised as.
    var format: FeedbackFormat { get }
    /// The columns that became groups and numbers of the events.
    var extras: Extras { get }
    /// What a reader of the result should know.
    var notes: [String] { get }
    /// Reads one record.
    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError)
    /// Gives what could only be known at the end of the source.
    mutating func finish(into out: inout DecodedEvents)
}

extension RowDecoder {
    var notes: [String] { [] }
    mutating func finish(into out: inout DecodedEvents) {}
}

/// What a decoder has made of the records so far.
struct DecodedEvents {
    private(set) var events: [(event: FeedbackEvent, line: Int)] = []
    private(set) var problems: [(error: FieldError, line: Int)] = []

    mutating func add(_ event: FeedbackEvent, line: Int) { events.append((event, line)) }

    /// Reports a fault that shows only when several records are put together.
    mutating func refuse(_ error: FieldError, line: Int) { problems.append((error, line)) }

    mutating func removeAll() {
        events.removeAll(keepingCapacity: true)
        problems.removeAll(keepingCapacity: true)
    }
}

/// The columns that say who, when, about what and how much: the same for every format.
struct ContextFields {
    var judge: Int?
    var prompt: Int?
    var time: Int?
    /// Seconds since 1970 as they are, without a guess at their unit.
    var seconds: Int?
    var weight: Int?
    var id: Int?
    var decision: Int?

    init(_ recognition: inout Recognition) {
        judge = recognition.takeJudge()
        prompt = recognition.takePrompt()
        time = recognition.takeTime()
        if time == nil { seconds = recognition.take("seconds", ["time_seconds"]) }
        weight = recognition.takeWeight()
        (id, decision) = recognition.takeIds()
    }

    func fill(_ event: inout FeedbackEvent, from row: Row) throws(FieldError) {
        event.judge = Self.text(row, judge)
        event.prompt = Self.text(row, prompt)
        event.time = try seconds == nil ? row.time(time) : row.number(seconds, "seconds")
        event.weight = try row.number(weight, "weight") ?? 1
        event.id = Self.text(row, id)
        event.decision = Self.text(row, decision)
    }

    /// A text that may be empty where the file says so by quotes.
    private static func text(_ row: Row, _ column: Int?) -> String? {
        row.cell(column).map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}

/// Collects the records of one group (a race, a case), wherever in the source they stand, in order of first
/// appearance.
struct Gathered<Entry> {
    struct Group {
        var key: String
        var line: Int
        var entries: [Entry] = []
        /// Whether one of the entries is the one that counts (the chosen one).
        var hasMark = false
        /// Whether a record of the group could not be used, so that the group is not complete.
        var isSpoiled = false
    }

    private var names = Names()
    private var members = Names()
    private(set) var groups: [Group] = []

    /// The number of the group with this key.
    mutating func index(of key: String, line: Int) -> Int {
        let code = Int(names.intern(key))
        if code == groups.count { groups.append(Group(key: key, line: line)) }
        return code
    }

    /// Whether a name is met for the first time in a group.
    mutating func isNew(_ name: String, in group: Int) -> Bool {
        let known = members.count
        members.intern("\(group)\u{1F}\(name)")
        return members.count > known
    }

    subscript(index: Int) -> Group {
        get { groups[index] }
        _modify { yield &groups[index] }
    }
}

/// "1 race", "3 races".
func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count) \(count == 1 ? one : many ?? one + "s")"
}

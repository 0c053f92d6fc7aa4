/// Takes the fields of one JSON object, typed, and in the end refuses what nobody took.
struct EventFields {
    private let object: JSONValue
    private var taken: [Int] = []

    init(_ object: JSONValue) throws(EventLineError) {
        guard object.kind == .object else {
            throw EventLineError(object, field: nil, "a JSON object is expected")
        }
        self.object = object
        taken.reserveCapacity(16)
    }

    /// The value of a key; `nil` where it is missing or `null`.
    mutating func take(_ key: StaticString) -> JSONValue? {
        for (name, value) in object.members where name.isText(key) {
            taken.append(name.index)
            return value.isNull ? nil : value
        }
        return nil
    }

    func finish() throws(EventLineError) {
        for (name, _) in object.members where !taken.contains(name.index) {
            let key = name.string ?? ""
            let repeated = object.members.contains { $0.key.index < name.index && $0.key.string == key }
            throw EventLineError(
                name, field: nil, repeated ? "a key that appears twice" : "not a field of this kind")
        }
    }

    mutating func needed(_ key: StaticString) throws(EventLineError) -> JSONValue {
        if let value = take(key) { return value }
        throw EventLineError(
            column: object.offset + 1, field: "\(key)", value: "", reason: "the field is missing")
    }

    mutating func text(_ key: StaticString) throws(EventLineError) -> String? {
        guard let value = take(key) else { return nil }
        return try Self.text(key)(value)
    }

    mutating func neededText(_ key: StaticString) throws(EventLineError) -> String {
        try Self.text(key)(try needed(key))
    }

    mutating func number(_ key: StaticString) throws(EventLineError) -> Double? {
        guard let value = take(key) else { return nil }
        return try Self.number(key)(value)
    }

    mutating func neededNumber(_ key: StaticString) throws(EventLineError) -> Double {
        try Self.number(key)(try needed(key))
    }

    mutating func bool(_ key: StaticString) throws(EventLineError) -> Bool? {
        guard let value = take(key) else { return nil }
        return try Self.bool(key)(value)
    }

    mutating func time(_ key: StaticString) throws(EventLineError) -> Double? {
        guard let value = take(key) else { return nil }
        if value.kind == .number { return try Self.number(key)(value) }
        guard var text = value.string, let time = text.withUTF8({ Timestamp.iso($0) }) else {
            throw EventLineError(value, field: "\(key)", "seconds since 1970 or an ISO 8601 time is expected")
        }
        return time
    }

    func list(_ value: JSONValue, _ key: StaticString) throws(EventLineError) -> [JSONValue] {
        guard value.kind == .array else {
            throw EventLineError(value, field: "\(key)", "a list is expected")
        }
        return Array(value.elements)
    }

    mutating func neededList(_ key: StaticString) throws(EventLineError) -> [JSONValue] {
        try list(try needed(key), key)
    }

    mutating func neededTextList(_ key: StaticString) throws(EventLineError) -> [String] {
        try neededList(key).map(Self.text(key))
    }

    mutating func textList(_ key: StaticString) throws(EventLineError) -> [String]? {
        guard let value = take(key) else { return nil }
        return try list(value, key).map(Self.text(key))
    }

    mutating func numberList(_ key: StaticString) throws(EventLineError) -> [Double]? {
        guard let value = take(key) else { return nil }
        return try list(value, key).map(Self.number(key))
    }

    mutating func texts(_ key: StaticString) throws(EventLineError) -> [String: String] {
        try dictionary(key, Self.text(key))
    }

    mutating func numbers(_ key: StaticString) throws(EventLineError) -> [String: Double] {
        try dictionary(key, Self.number(key))
    }

    mutating func numberLists(_ key: StaticString) throws(EventLineError) -> [String: [Double]] {
        try dictionary(key) { value throws(EventLineError) in
            guard value.kind == .array else {
                throw EventLineError(value, field: "\(key)", "a list of numbers is expected")
            }
            return try Array(value.elements).map(Self.number(key))
        }
    }

    private mutating func dictionary<Value>(
        _ key: StaticString, _ read: (JSONValue) throws(EventLineError) -> Value
    ) throws(EventLineError) -> [String: Value] {
        guard let value = take(key) else { return [:] }
        guard value.kind == .object else {
            throw EventLineError(value, field: "\(key)", "an object is expected")
        }
        var result: [String: Value] = [:]
        for (name, value) in value.members {
            // Swift's strings are equal where Unicode says so; two such keys cannot both be kept.
            if result.updateValue(try read(value), forKey: name.string ?? "") != nil {
                throw EventLineError(name, field: "\(key)", "a key that appears twice")
            }
        }
        return result
    }

    static func text(_ key: StaticString) -> (JSONValue) throws(EventLineError) -> String {
        { value throws(EventLineError) in
            if let text = value.string { return text }
            throw EventLineError(value, field: "\(key)", "a text in quotes is expected")
        }
    }

    static func number(_ key: StaticString) -> (JSONValue) throws(EventLineError) -> Double {
        { value throws(EventLineError) in
            if let number = value.number { return number }
            let reason = value.kind == .number ? DecimalNumber.refusal(value.excerpt) : "a number is expected"
            throw EventLineError(value, field: "\(key)", reason)
        }
    }

    static func bool(_ key: StaticString) -> (JSONValue) throws(EventLineError) -> Bool {
        { value throws(EventLineError) in
            if let bool = value.bool { return bool }
            throw EventLineError(value, field: "\(key)", "true or false is expected")
        }
    }
}

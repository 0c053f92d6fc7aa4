/// A decoder that gives a type values out of nothing and notes what it asked for.
final class SchemaRecorder: Decoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    /// What was asked for.
    fileprivate var members: [Schema.Member] = []
    fileprivate var isObject = false
    fileprivate var single: Schema?

    /// The schema of a type.
    static func schema<Value: Decodable>(of type: Value.Type) -> Schema { sample(type).schema }

    /// A schema, and a value that has it.
    fileprivate static func sample<Value: Decodable>(_ type: Value.Type) -> (schema: Schema, value: Value?) {
        func found<Known>(_ schema: Schema, _ value: Known) -> (schema: Schema, value: Value?) {
            (schema, value as? Value)
        }
        if type == String.self { return found(.text, "") }
        if type == Bool.self { return found(.flag, false) }
        if type == Double.self { return found(.number, 0.0) }
        if type == Int.self { return found(.integer, 0) }
        if type == Int64.self { return found(.integer, Int64(0)) }
        if type == UInt64.self { return found(.integer, UInt64(0)) }
        if let word = type as? any WordSample.Type { return (word.words(), word.first() as? Value) }
        if let list = type as? any ContainerSample.Type { return (list.schema(), list.empty() as? Value) }
        let recorder = SchemaRecorder()
        let value = try? Value(from: recorder)
        if let single = recorder.single { return (single, value) }
        var name = String(reflecting: type)
        if let dot = name.firstIndex(of: ".") { name = String(name[name.index(after: dot)...]) }
        return (.object(name: name, members: recorder.members), value)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        isObject = true
        return KeyedDecodingContainer(KeyedRecorder<Key>(recorder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw DecodingError.dataCorrupted(
            .init(codingPath: [], debugDescription: "lists are known by their type"))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw DecodingError.dataCorrupted(
            .init(codingPath: [], debugDescription: "words are known by their type"))
    }

    fileprivate func note(_ key: any CodingKey, _ schema: Schema, isNeeded: Bool) {
        members.append(Schema.Member(key: key.stringValue, schema: schema, isNeeded: isNeeded))
    }
}

private struct KeyedRecorder<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recorder: SchemaRecorder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try read(type, key, isNeeded: true)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        let value: Value = try read(type, key, isNeeded: false)
        return value
    }

    private func read<Value: Decodable>(_ type: Value.Type, _ key: Key, isNeeded: Bool) throws -> Value {
        let sample = SchemaRecorder.sample(type)
        recorder.note(key, sample.schema, isNeeded: isNeeded)
        guard let value = sample.value else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [key], debugDescription: "no value out of nothing"))
        }
        return value
    }

    // The methods that `decodeIfPresent` has for plain types; without these their standard versions would be
    // taken, which say that the member is needed.
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try some(type, key) }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try some(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try some(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try some(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try some(type, key) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try some(type, key) }

    private func some<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
        let value: Value = try read(type, key, isNeeded: false)
        return value
    }

    func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type, forKey key: Key) throws
        -> KeyedDecodingContainer<Inner>
    { throw unknown(key) }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw unknown(key) }
    func superDecoder() throws -> any Decoder { recorder }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw unknown(key) }

    private func unknown(_ key: Key) -> DecodingError {
        .dataCorrupted(.init(codingPath: [key], debugDescription: "wire types nest by their own types only"))
    }
}

/// A word out of a few.
private protocol WordSample {
    static func words() -> Schema
    static func first() -> Any?
}

extension Role: WordSample {}
extension ModelKind: WordSample {}
extension ComparisonAnswer.Answer: WordSample {}
extension ModelInfo.Status: WordSample {}
extension JobInfo.State: WordSample {}
extension SpaceSettings.Goal: WordSample {}
extension SpaceSettings.Promotion: WordSample {}
extension SpaceSettings.Suspects: WordSample {}

extension WordSample where Self: CaseIterable & RawRepresentable, RawValue == String {
    static func words() -> Schema { .word(allCases.map(\.rawValue)) }
    static func first() -> Any? { allCases.first }
}

/// A list or a dictionary.
private protocol ContainerSample {
    static func schema() -> Schema
    static func empty() -> Any
}

extension Array: ContainerSample where Element: Decodable {
    static func schema() -> Schema { .list(SchemaRecorder.schema(of: Element.self)) }
    static func empty() -> Any { Self() }
}

extension Dictionary: ContainerSample where Key == String, Value: Decodable {
    static func schema() -> Schema { .dictionary(SchemaRecorder.schema(of: Value.self)) }
    static func empty() -> Any { Self() }
}

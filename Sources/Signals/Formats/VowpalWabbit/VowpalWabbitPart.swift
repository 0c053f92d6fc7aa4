/// What a stretch of Vowpal Wabbit text says, in columns with codes of its own. It is valid only while the text is,
/// until its names were taken.
final class VowpalWabbitPart: @unchecked Sendable {
    /// A line that cannot be used; places count from the beginning of the stretch.
    struct Fault: Error {
        var field: StaticString
        var reason: String
        /// Where the value at fault stands.
        var start: Int
        var end: Int
        /// The line at fault, from 0, and where it stands.
        var line = 0
        var lineStart = 0
        var lineEnd = 0
    }

    var action: [UInt32] = []
    var reward: [Double] = []
    var propensity: [Double] = []
    var features: SparseBuffer
    /// Without rows where no line names several actions.
    var possible: SparseBuffer
    /// One row for each value of `possible` where the actions have lines of their own.
    var actionFeatures: SparseBuffer
    var actions = Names()
    var spaces = Names()
    var tokens = TokenTable()
    /// Where each row stands, and its line from 0; only where asked for.
    var places: [(start: Int, end: Int, line: Int)] = []

    /// The number of line breaks.
    var lines = 0
    /// The number of rows and left out or bad records.
    var records = 0
    /// Records that do not say which action was taken.
    var withoutAction = 0
    /// Lines with several costs.
    var severalCosts = 0
    /// Examples whose actions' numbers are too many for an event, which holds one of each name for each action.
    var withoutActionFeatures = 0
    /// Whether the actions of some record are called by their tags, or by their place.
    var usesTags = false
    var usesPlaces = false
    var faults: [Fault] = []
    /// Whether there may be names that no row uses.
    private var hasUnusedNames: Bool { !faults.isEmpty || withoutAction > 0 || usesPlaces }
    /// Numbers that stand for names of features without one.
    var numbers: [UnsafeMutableBufferPointer<UInt8>] = []

    init(size: Int) {
        features = SparseBuffer(capacity: size / 10)
        possible = SparseBuffer(capacity: 16)
        actionFeatures = SparseBuffer(capacity: 16)
    }

    deinit {
        features.deallocate()
        possible.deallocate()
        actionFeatures.deallocate()
        tokens.deallocate()
        for number in numbers { number.deallocate() }
    }

    /// The number of rows.
    var count: Int { action.count }

    /// Whether a line names several actions.
    var hasPossible: Bool { !possible.ends.isEmpty }

    /// The name of a feature: `namespace^feature`, `feature` where there is no namespace; a text as value follows
    /// after another `^`.
    func withFeatureName<R>(
        _ code: Int, _ scratch: inout [UInt8], _ body: (UnsafeBufferPointer<UInt8>) -> R
    ) -> R {
        let token = tokens.tokens[code]
        scratch.removeAll(keepingCapacity: true)
        if token.space > 0 {
            spaces.withBytes(of: token.space - 1) { scratch.append(contentsOf: $0) }
            scratch.append(UInt8(ascii: "^"))
        }
        for byte in token.bytes { scratch.append(byte == UInt8(ascii: ":") ? UInt8(ascii: "^") : byte) }
        return scratch.withUnsafeBufferPointer(body)
    }

    /// The names of all features, by code.
    func featureNames() -> [String] {
        var scratch: [UInt8] = []
        return tokens.tokens.indices.map {
            withFeatureName($0, &scratch) { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Gives the names that rows use codes in a log's tables, in the order of their first appearance.
    func mapNames(into log: inout DecisionLog) -> (actions: [Int32], features: [Int32]) {
        var actionMap = [Int32](repeating: -1, count: actions.count)
        var featureMap = [Int32](repeating: -1, count: tokens.tokens.count)
        var scratch: [UInt8] = []
        func use(action code: Int) {
            guard actionMap[code] < 0 else { return }
            actionMap[code] = actions.withBytes(of: UInt32(code)) {
                Int32(bitPattern: log.actions.intern($0))
            }
        }
        func use(feature code: Int) {
            guard featureMap[code] < 0 else { return }
            featureMap[code] = withFeatureName(code, &scratch) {
                Int32(bitPattern: log.featureNames.intern($0))
            }
        }
        if hasUnusedNames {
            for row in 0..<count {
                for index in features.range(row) { use(feature: Int(features.columns[index])) }
                for entry in possible.range(row) {
                    use(action: Int(possible.columns[entry]))
                    for index in actionFeatures.range(entry) {
                        use(feature: Int(actionFeatures.columns[index]))
                    }
                }
                use(action: Int(action[row]))
            }
        } else {
            for code in actionMap.indices { use(action: code) }
            for code in featureMap.indices { use(feature: code) }
        }
        return (actionMap, featureMap)
    }
}

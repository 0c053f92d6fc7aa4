/// The fast way through a table of decisions: rows of unquoted fields that hold what they should. Whatever is unusual
/// about a row (a quote, a blank at an edge, a text where a number belongs) ends it, and the careful way reads that row.
struct PlainDecisions {
    private let separator: UInt8
    private let columns: Int
    private let decoder: DecisionDecoder
    private let features: [DecisionRowDecoder.Feature]
    private let groups: [DecisionRowDecoder.Group]
    /// For each group its values, and their codes among the log's features.
    private var values: [Names]
    private var codes: [[UInt32]]
    private var ends: [Int]
    private var found: [(code: UInt32, value: Double)] = []

    init(_ rows: DecisionRowDecoder, separator: UInt8, columns: Int) {
        self.separator = separator
        self.columns = columns
        decoder = rows.decoder
        features = rows.features
        groups = rows.groups
        values = groups.map { _ in Names() }
        codes = groups.map { _ in [] }
        ends = [Int](repeating: 0, count: columns + 1)
    }

    /// Adds rows from the beginning of the bytes to a log, as far as they are plain and complete.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, into log: inout DecisionLog) -> (
        lines: Int, length: Int
    ) {
        guard let base = bytes.baseAddress else { return (0, 0) }
        var lines = 0
        var length = 0
        while let next = split(base, length, bytes.count), add(base, into: &log) {
            lines += 1
            length = next
        }
        return (lines, length)
    }

    /// Finds the fields of the row that begins here, and where the next row begins: field k runs from `ends[k]` to
    /// `ends[k + 1] - 1`. `nil` where the row is not plain or not complete.
    @inline(__always)
    private mutating func split(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int? {
        let low = max(separator, UInt8(ascii: "\"")) + 1
        var at = start
        return ends.withUnsafeMutableBufferPointer { ends in
            ends[0] = at
            var field = 1
            while true {
                at = PlainComparisons.nextLow(base, at, count, below: low)
                guard at < count else { return nil }
                let byte = base[at]
                at += 1
                if byte == separator {
                    guard field < columns else { return nil }
                    ends[field] = at
                    field += 1
                } else if byte == 0x0A || byte == 0x0D {
                    ends[field] = at
                    if byte == 0x0D {
                        guard at < count, base[at] == 0x0A else { return nil }
                        at += 1
                    }
                    return field == columns ? at : nil
                } else if byte == UInt8(ascii: "\"") {
                    return nil
                }
            }
        }
    }

    /// Adds the row whose fields were found; false where it is not plain.
    @inline(__always)
    private mutating func add(_ base: UnsafePointer<UInt8>, into log: inout DecisionLog) -> Bool {
        guard let name = text(base, decoder.action), !name.isEmpty,
            let amount = number(base, decoder.cost ?? decoder.reward),
            let propensity = number(base, decoder.propensity),
            propensity.isNaN || (propensity > 0 && propensity <= 1),
            let place = number(base, decoder.position), place.isNaN || place >= 1,
            let weight = number(base, decoder.context.weight), weight.isNaN || weight >= 0,
            let seconds = number(base, decoder.context.seconds)
        else { return false }
        var row = DecisionRow(action: 0)
        row.reward = decoder.cost == nil ? amount : 0 - amount
        row.propensity = propensity
        if !place.isNaN {
            guard let whole = Int32(exactly: place) else { return false }
            row.position = whole
        }
        row.weight = weight.isNaN ? 1 : weight
        row.time = seconds.isNaN ? nil : seconds
        if let column = decoder.context.time, decoder.context.seconds == nil {
            guard let text = text(base, column) else { return false }
            if !text.isEmpty {
                guard let time = Timestamp.value(text) else { return false }
                row.time = time
            }
        }
        found.removeAll(keepingCapacity: true)
        for feature in features {
            let start = ends[feature.column]
            let count = ends[feature.column + 1] - 1 - start
            if count == 0 || (count == 1 && base[start] == UInt8(ascii: "0")) { continue }
            guard let text = text(base, feature.column), let value = DecimalNumber.value(text) else {
                return false
            }
            if value != 0 { found.append((feature.code, value)) }
        }
        for (index, group) in groups.enumerated() {
            guard let text = text(base, group.column) else { return false }
            if text.isEmpty { continue }
            let code = Int(values[index].intern(text))
            if code == codes[index].count {
                let name = group.prefix + text
                codes[index].append(name.withUnsafeBufferPointer { log.featureNames.intern($0) })
            }
            found.append((codes[index][code], 1))
        }
        var slate: UInt32?
        if let column = decoder.context.prompt {
            guard let text = text(base, column) else { return false }
            if !text.isEmpty { slate = log.slates.intern(text) }
        }
        for (code, value) in found { log.addFeature(code, value) }
        row.slate = slate
        row.action = log.actions.intern(name)
        log.add(row)
        return true
    }

    /// A field's bytes; `nil` where a blank stands at an edge.
    @inline(__always)
    private func text(_ base: UnsafePointer<UInt8>, _ column: Int) -> UnsafeBufferPointer<UInt8>? {
        let start = ends[column]
        let count = ends[column + 1] - 1 - start
        guard count > 0 else { return UnsafeBufferPointer(start: base, count: 0) }
        guard base[start] > 0x20, base[start + count - 1] > 0x20 else { return nil }
        return UnsafeBufferPointer(start: base + start, count: count)
    }

    /// A field's number, not a number where it is empty or there is no such column; `nil` where it holds anything else.
    @inline(__always)
    private func number(_ base: UnsafePointer<UInt8>, _ column: Int?) -> Double? {
        guard let column else { return .nan }
        guard let text = text(base, column) else { return nil }
        return text.isEmpty ? .nan : DecimalNumber.value(text)
    }
}

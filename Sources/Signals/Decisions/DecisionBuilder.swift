import Kernels

/// Fills a log of decisions from rows, from parts of text, and from events, which it joins: decisions and rewards may
/// come in any order, and from several sources.
final class DecisionBuilder {
    var log = DecisionLog()

    /// Events with an id that was met before, and decisions that were.
    private(set) var repeated = 0
    /// Events that neither are decisions nor say what one paid off.
    private(set) var ignored = 0

    private var ids = Names()
    private var decisions = Names()
    /// For each decision its row, or -1 while only rewards have come.
    private var rows: [Int] = []
    /// What came back before the decision did.
    private var early: [(value: Double, propensity: Double)] = []
    private var parts: [(part: VowpalWabbitPart, actions: [Int32], features: [Int32])] = []

    /// The rewards that name a decision which is nowhere.
    var unmatched: Int { rows.count { $0 < 0 } }

    // MARK: Events

    /// Adds an event; says what is wrong where it contradicts what came before.
    func add(_ event: FeedbackEvent, line: Int, file: String) -> FieldError? {
        if let id = event.id {
            let known = ids.count
            ids.intern(id)
            if ids.count == known {
                repeated += 1
                return nil
            }
        }
        switch event.feedback {
        case .decision(let decision): return add(decision, event)
        case .reward(let reward): return add(reward, event)
        case .impression(let impression): add(impression, event, name: event.id ?? "\(file):\(line)")
        default: ignored += 1
        }
        return nil
    }

    private func add(_ decision: Decision, _ event: FeedbackEvent) -> FieldError? {
        let code = decisionCode(decision.id)
        if rows[code] >= 0 {
            guard log.actions[log.action[rows[code]]].utf8.elementsEqual(decision.action.utf8) else {
                return FieldError(
                    "decisionId", column: nil, value: decision.id,
                    "a decision with this id took another action")
            }
            repeated += 1
            return nil
        }
        var row = DecisionRow(action: log.actions.intern(decision.action))
        if !decision.propensities.isEmpty,
            let place = decision.among.firstIndex(where: { $0.utf8.elementsEqual(decision.action.utf8) })
        {
            row.propensity = decision.propensities[place]
            guard row.propensity > 0 else {
                return FieldError(
                    "propensities", column: nil, value: "0", "the action that was taken has the probability 0"
                )
            }
        }
        for (place, action) in decision.among.enumerated() {
            log.addPossible(
                log.actions.intern(action),
                decision.propensities.isEmpty ? .nan : decision.propensities[place])
            guard !event.itemFeatures.isEmpty else { continue }
            log.addActionFeatures(numbers(event.itemFeatures, place))
        }
        addOccasion(event, &row)
        row.slate = event.prompt.map { log.slates.intern($0) }
        rows[code] = log.count
        let before = early[code]
        row.reward = before.value
        if row.propensity.isNaN { row.propensity = before.propensity }
        log.add(row)
        return nil
    }

    private func add(_ reward: Reward, _ event: FeedbackEvent) -> FieldError? {
        let propensity = reward.propensity ?? .nan
        if let id = event.decision {
            let code = decisionCode(id)
            let row = rows[code]
            if row < 0 {
                let value = early[code].value
                early[code].value = value.isNaN ? reward.value : value + reward.value
                if early[code].propensity.isNaN { early[code].propensity = propensity }
            } else {
                let value = log.reward[row]
                log.reward[row] = value.isNaN ? reward.value : value + reward.value
                if log.propensity[row].isNaN { log.propensity[row] = propensity }
            }
        } else if let action = reward.action {
            var row = DecisionRow(
                action: log.actions.intern(action), reward: reward.value, propensity: propensity)
            for (code, value) in numbers(event.itemFeatures, 0) { log.addFeature(code, value) }
            addOccasion(event, &row)
            row.slate = event.prompt.map { log.slates.intern($0) }
            log.add(row)
        } else {
            ignored += 1
        }
        return nil
    }

    private func add(_ impression: Impression, _ event: FeedbackEvent, name: String) {
        // A list has a name of its own, also where a prompt is called like it.
        var unique = name
        var number = 1
        while log.slates.code(of: unique) != nil {
            number += 1
            unique = "\(name) (\(number))"
        }
        let slate = log.slates.intern(unique)
        for (place, slot) in impression.slots.enumerated() {
            var row = DecisionRow(action: log.actions.intern(slot.item))
            row.reward = slot.clicked.map { $0 ? 1 : 0 } ?? .nan
            row.propensity = slot.propensity ?? .nan
            for (code, value) in numbers(event.itemFeatures, place) { log.addFeature(code, value) }
            addOccasion(event, &row)
            row.position = Int32(clamping: slot.position)
            row.slate = slate
            log.add(row)
        }
    }

    /// The numbers of one of an event's items that are not 0, by the bytes of their names.
    private func numbers(_ features: [String: [Double]], _ place: Int) -> [(code: UInt32, value: Double)] {
        features.sortedByBytes().compactMap { name, values in
            values[place] == 0 ? nil : (log.featureNames.intern(name), values[place])
        }
    }

    /// Adds what an event says of the occasion.
    private func addOccasion(_ event: FeedbackEvent, _ row: inout DecisionRow) {
        for (name, value) in event.features.sortedByBytes() {
            if name == "position", let place = Int32(exactly: value), place >= 1 {
                row.position = place
            } else if value != 0 {
                log.addFeature(log.featureNames.intern(name), value)
            }
        }
        for (name, value) in event.groups.sortedByBytes() {
            log.addFeature(log.featureNames.intern("\(name)=\(value)"), 1)
        }
        row.time = event.time
        row.weight = event.weight
    }

    private func decisionCode(_ id: String) -> Int {
        let code = Int(decisions.intern(id))
        if code == rows.count {
            rows.append(-1)
            early.append((.nan, .nan))
        }
        return code
    }

    // MARK: Parts

    /// Takes a part's names while its text is there; its rows follow with `assemble`.
    func take(_ part: VowpalWabbitPart) {
        let (actions, features) = part.mapNames(into: &log)
        parts.append((part, actions, features))
    }

    /// Adds the rows of the parts that were taken.
    func assemble() {
        guard !parts.isEmpty else { return }
        let before = log.count
        let entries = log.possible.columns.count
        for (part, actions, _) in parts {
            for code in part.action { log.action.append(UInt32(bitPattern: actions[Int(code)])) }
            log.reward += part.reward
            log.propensity += part.propensity
        }
        let added = log.count - before
        log.time.appendMissing(added)
        log.weight.appendMissing(added)
        log.position.appendMissing(added)
        log.slate.appendMissing(added)
        log.features = Self.joined(
            log.features, rows: before, parts.map { ($0.part.features, $0.part.count, $0.features) })
        log.possible = Self.joined(
            log.possible, rows: before, parts.map { ($0.part.possible, $0.part.count, $0.actions) })
        log.actionFeatures = Self.joined(
            log.actionFeatures, rows: entries,
            parts.map { ($0.part.actionFeatures, $0.part.possible.count, $0.features) })
        parts = []
    }

    private typealias Piece = (buffer: SparseBuffer, rows: Int, map: [Int32])

    /// Rows of parts after those that are there; no rows where none has a value.
    private static func joined(_ old: SparseRows, rows: Int, _ parts: [Piece]) -> SparseRows {
        var total = old.columns.count
        let starts = parts.map { part in
            defer { total += part.buffer.count }
            return total
        }
        guard total > 0 else { return SparseRows() }
        var ends = old.ends
        ends.reserveCapacity(rows + parts.reduce(0) { $0 + $1.rows })
        while ends.count < rows { ends.append(old.columns.count) }
        for (part, start) in zip(parts, starts) {
            let last = ends.count + part.rows
            for end in part.buffer.ends { ends.append(start + end) }
            while ends.count < last { ends.append(start + part.buffer.count) }
        }
        let columns = [Int32](unsafeUninitializedCapacity: total) { out, count in
            _ = out.initialize(fromContentsOf: old.columns)
            nonisolated(unsafe) let out = out.baseAddress!
            nonisolated(unsafe) let parts = parts
            Parallel.forEach(parts.count) { index in
                let part = parts[index]
                let place = out + starts[index]
                part.map.withUnsafeBufferPointer { map in
                    for entry in 0..<part.buffer.count {
                        (place + entry).initialize(to: map[Int(part.buffer.columns[entry])])
                    }
                }
            }
            count = total
        }
        let values = [Double](unsafeUninitializedCapacity: total) { out, count in
            _ = out.initialize(fromContentsOf: old.values)
            nonisolated(unsafe) let out = out.baseAddress!
            nonisolated(unsafe) let parts = parts
            Parallel.forEach(parts.count) { index in
                (out + starts[index]).initialize(
                    from: parts[index].buffer.values, count: parts[index].buffer.count)
            }
            count = total
        }
        return SparseRows(ends: ends, columns: columns, values: values)
    }
}

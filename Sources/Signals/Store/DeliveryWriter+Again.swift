import GRDB

// Records that were delivered before, by a source that has grown or whose import was cut short.
extension DeliveryWriter {
    /// Writes a record that was acknowledged before only where it does not read the same any more, as the
    /// last line of a file that was torn.
    ///
    /// - Parameter origin: the source under which the record was delivered.
    mutating func reconsider(_ delivery: Delivery, from origin: Int) throws -> Verdict {
        var place: Int? = origin
        while let source = place {
            if try wasRemoved(delivery.record, of: source) { return .known }
            let event = try event(of: delivery.record, in: source)
            if event?.says(delivery.content) == true { return .known }
            let before = try (event.map { [$0] } ?? []) + refusals(of: delivery.record, in: source)
            if before.contains(where: { $0.says(delivery.content) }) { return .known }
            if case .event(let row) = delivery.content, let event = before.first(where: \.isKept) {
                counts.received += 1
                counts.refused[.conflict, default: 0] += 1
                return .refused(
                    try refuse(
                        delivery, reason: .conflict, column: 0, field: nil, value: row.name,
                        explanation:
                            "this record was imported when its source was shorter and said something else",
                        text: row.payload, existing: event.sequence))
            }
            if !before.isEmpty { break }
            place = try Int.fetchOne(
                db.cachedStatement(sql: "SELECT parent FROM source WHERE id = ?"), arguments: [source])
        }
        return try write(delivery)
    }

    /// What became of a record when it was delivered.
    private struct Former {
        /// The event in the store that it is, repeats or contradicts.
        var sequence: Int64?
        /// Whether it is that event.
        var isKept: Bool
        /// The event's line, or the line that was refused.
        var text: String?
        /// Why it was refused as malformed.
        var flaw: String?

        /// Whether the content is the same. A refusal whose text was erased, or whose event was removed, is
        /// taken for the same: what a person had removed does not come back with the rest of a file.
        func says(_ content: Delivery.Content) -> Bool {
            guard let text else { return true }
            switch content {
            case .event(let row): return flaw == nil && text.isSameEvent(as: row.payload)
            case .bad(let bad): return flaw == storable(bad.reason) && text == storable(bad.text)
            }
        }
    }

    private func wasRemoved(_ record: Int, of source: Int) throws -> Bool {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT 1 FROM removed WHERE source = ? AND record = ?"),
            arguments: [source, record]) != nil
    }

    private func event(of record: Int, in source: Int) throws -> Former? {
        try GRDB.Row.fetchOne(
            db.cachedStatement(sql: "SELECT seq, payload FROM event WHERE source = ? AND record = ?"),
            arguments: [source, record]
        ).map { Former(sequence: $0[0], isKept: true, text: $0[1], flaw: nil) }
    }

    private func refusals(of record: Int, in source: Int) throws -> [Former] {
        try GRDB.Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT existing, coalesce(refused.text, payload), reason, explanation
                    FROM refused LEFT JOIN event ON event.seq = existing
                    WHERE refused.source = ? AND refused.record = ?
                    """), arguments: [source, record]
        ).map { row in
            let isMalformed = row[2] == Refusal.Reason.malformed.rawValue
            return Former(sequence: row[0], isKept: false, text: row[1], flaw: isMalformed ? row[3] : nil)
        }
    }
}

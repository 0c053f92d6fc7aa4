import Foundation
import GRDB

extension FeedbackStore {
    /// Removes everything that a judge sent to the space, what answers their decisions, and what refusals
    /// quote of them, so that nothing of it can be read from the store's files any more.
    ///
    /// The file is written anew, which takes as long as to copy it, and needs as much room meanwhile.
    ///
    /// - Throws: `StoreError`. Where the rows are gone but the file could not be written anew (no room, or
    ///   something that reads for long), to erase again completes it.
    @discardableResult
    public func erase(judge: String) throws -> RemovalReport {
        let report = try erase(judge: judge, from: [space]).first ?? RemovalReport()
        return report
    }

    /// Erases a judge from several spaces in one transaction; what was removed from each.
    package func erase(judge: String, from spaces: [String]) throws -> [RemovalReport] {
        let reports = try write { db in
            try db.execute(sql: "UPDATE counter SET value = 1 WHERE name = 'scrub'")
            return try spaces.map { name in
                guard let space = try StoreSpace(name, in: db) else { return RemovalReport() }
                return try Self.erase(judge: judge, from: space.number, in: db)
            }
        }
        try scrub()
        return reports
    }

    private static func erase(judge: String, from space: Int64, in db: Database) throws -> RemovalReport {
        let remover = try EventRemover(db, space: space)
        try remover.choose("judge = ?", [Data(judge.utf8)])
        var report = try remover.remove(forgetting: true)
        let traces = JudgeTraces(of: judge)
        let rows = try GRDB.Row.fetchCursor(
            db, sql: "SELECT seq, value, text FROM refused WHERE space = ? AND text IS NOT NULL",
            arguments: [space])
        var telling: [Int64] = []
        while let row = try rows.next() {
            if traces.are(in: row[2], value: row[1]) { telling.append(row[0]) }
        }
        for refusal in telling {
            try db.execute(
                sql: """
                    UPDATE refused SET field = NULL, value = '', explanation = 'erased', text = NULL WHERE seq = ?
                    """, arguments: [refusal])
            report.refusals += 1
        }
        return report
    }

    /// Writes the file anew without what was removed, and empties the log, where that is owed.
    ///
    /// SQLite overwrites what it deletes, but pages that were split before may hold copies beside their rows.
    package func scrub() throws {
        let isOwed = try read {
            try Int.fetchOne($0, sql: "SELECT value FROM counter WHERE name = 'scrub'") == 1
        }
        guard isOwed else { return }
        try StoreError.reading(path) {
            try pool.writeWithoutTransaction { try $0.execute(sql: "VACUUM") }
            try emptyLog()
        }
        try write { try $0.execute(sql: "UPDATE counter SET value = 0 WHERE name = 'scrub'") }
    }

    private func emptyLog() throws {
        let isBlocked = try pool.writeWithoutTransaction { db in
            try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") != 0
        }
        if isBlocked {
            throw StoreError(
                .busy, path: path,
                what: "the rows were removed, but something that reads kept them in the store's log",
                advice: "Run this again when it is done, which completes it")
        }
    }
}

/// How a judge's name shows in lines that were refused.
package struct JudgeTraces {
    private let judge: String
    private let quoted: [[UInt8]]

    package init(of judge: String) {
        self.judge = judge
        var plain: [UInt8] = []
        JSONText.append(judge, to: &plain)
        quoted = [plain, Array(Self.ascii(judge).utf8)]
    }

    /// Whether a refused text is an event of the judge or, where it cannot be read as an event, names them: as a
    /// JSON string, or as a field of a table. One that was cut may be anyone's, and is taken for theirs.
    package func are(in text: String, value: String) -> Bool {
        if let event = try? FeedbackEvent(jsonLine: text) {
            return event.judge.map { $0.utf8.elementsEqual(judge.utf8) } ?? false
        }
        if text.utf8.count >= longestText || value.utf8.elementsEqual(judge.utf8) { return true }
        let bytes = Array(text.utf8)
        if quoted.contains(where: { bytes.contains($0, where: { _ in true }) }) { return true }
        let isBorder = { (byte: UInt8?) in byte.map { Self.borders.contains($0) } ?? true }
        let name = Array(judge.utf8)
        return bytes.contains(
            name,
            where: { range in
                isBorder(range.lowerBound > 0 ? bytes[range.lowerBound - 1] : nil)
                    && isBorder(range.upperBound < bytes.count ? bytes[range.upperBound] : nil)
            })
    }

    private static let borders = Set(",;\t|\"' \r\n".utf8)

    /// The name as a JSON string in which everything beyond ASCII is escaped.
    private static func ascii(_ text: String) -> String {
        var out: [UInt8] = []
        JSONText.append(text, to: &out)
        return String(decoding: out, as: UTF8.self).utf16.map { unit in
            unit < 0x7F
                ? String(UnicodeScalar(UInt8(unit)))
                : "\\u" + String(repeating: "0", count: max(0, 4 - String(unit, radix: 16).count))
                    + String(unit, radix: 16)
        }.joined()
    }
}

extension [UInt8] {
    /// Whether some bytes stand somewhere in these, at a place that fits.
    fileprivate func contains(_ other: [UInt8], where fits: (Range<Int>) -> Bool) -> Bool {
        guard let first = other.first, other.count <= count else { return false }
        for start in 0...(count - other.count) where self[start] == first {
            let range = start..<(start + other.count)
            if self[range].elementsEqual(other) && fits(range) { return true }
        }
        return false
    }
}

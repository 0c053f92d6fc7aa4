import Foundation
import HeedAPI
import Signals

/// What the records of a service say about a person, and how they forget it.
///
/// The record that counts the person's votes, or sets them aside, is removed; invitations made out to them are revoked and
/// lose the name.
struct Erasure {
    let store: any ServiceStore
    let judge: String
    let now: Double

    /// Makes the records of some spaces (`nil`: all) forget the judge.
    func forget(in spaces: [String]?) throws {
        for _ in 0..<10 {
            let changes = try changes(spaces)
            if try changes.isEmpty || store.write(changes) { return }
        }
        throw ServiceError.conflict(
            "the records of \(spaces?.joined(separator: ", ") ?? "all spaces") are being changed by others; try again"
        )
    }

    private func changes(_ spaces: [String]?) throws -> [RecordChange] {
        var changes: [RecordChange] = []
        let names = spaces.map { Set($0.map { Data($0.utf8) }) }
        func isMeant(_ record: ServiceRecord) -> Bool {
            names?.contains(Data(record.id.utf8.prefix { $0 != UInt8(ascii: "/") })) ?? true
        }
        for record in try store.records("judge") where isMeant(record) {
            let name = record.id.utf8.drop { $0 != UInt8(ascii: "/") }.dropFirst()
            guard name.elementsEqual(judge.utf8) else { continue }
            changes.append(
                RecordChange(kind: record.kind, id: record.id, body: nil, expected: record.version))
        }
        for record in try store.records("invitation") where isMeant(record) {
            let old = try JSONSerialization.jsonObject(with: record.body)
            guard let new = withoutJudge(old) else { continue }
            let body = try JSONSerialization.data(
                withJSONObject: new, options: [.sortedKeys, .withoutEscapingSlashes])
            changes.append(
                RecordChange(kind: record.kind, id: record.id, body: body, expected: record.version))
        }
        return changes
    }

    /// An invitation without the name, revoked; `nil` where it does not have it.
    private func withoutJudge(_ value: Any) -> Any? {
        guard var object = value as? [String: Any] else { return nil }
        var hasChanged = false
        if let name = object["judge"] as? String, name.utf8.elementsEqual(judge.utf8) {
            object["judge"] = nil
            if object["revoked"] as? Double == nil { object["revoked"] = now }
            hasChanged = true
        }
        for (key, inner) in object {
            guard let changed = withoutJudge(inner) else { continue }
            object[key] = changed
            hasChanged = true
        }
        return hasChanged ? object : nil
    }
}

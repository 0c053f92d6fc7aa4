import Foundation
import Signals

/// Looks for names that differ only in Unicode form, upper and lower case, or white space.
struct NameCheck {
    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        draft.section("names", "Names that look alike")
        let log = data.log
        var found = 0
        for (names, noun) in [
            (log.items, "item"), (data.judges, "judge"), (log.prompts, "prompt"), (log.tasks, "task"),
            (log.classes, "class"), (log.aspects, "aspect"),
        ] {
            let groups = Self.alike(names)
            guard !groups.isEmpty else { continue }
            found += groups.count
            let shown = groups.prefix(3).map { group in
                group.map { "'\(names[$0])'" }.joined(separator: " and ")
            }
            draft.add(
                "names.alike", .warning,
                "Names of \(noun == "class" ? "classes" : noun + "s") that look alike",
                "\(Plain.count(groups.count, "name")) of \(noun == "class" ? "classes" : noun + "s") "
                    + (groups.count == 1 ? "comes" : "come")
                    + " in forms that differ only in case, spaces or the way an "
                    + "accent is stored: \(Plain.list(shown))"
                    + (groups.count > 3 ? " and \(Plain.number(groups.count - 3)) more." : "."),
                advice:
                    "If they mean the same, spell them the same: now each form counts as a \(noun) of its "
                    + "own.",
                evidence: ["groups": Double(groups.count)],
                judges: noun == "judge" ? groups.prefix(20).joined().map { names[$0] } : [],
                items: noun == "judge" ? [] : groups.prefix(20).joined().map { names[$0] })
        }
        if found == 0 { draft.add("names.alike", .ok, "Names that look alike", "No two names look alike.") }
    }

    /// Groups of two or more names with the same folded form, in the order of their codes.
    static func alike(_ names: Names) -> [[UInt32]] {
        var folded = Names()
        var groups: [[UInt32]] = []
        var first: [UInt32] = []
        var place: [UInt32: Int] = [:]
        var bytes: [UInt8] = []
        for code in 0..<UInt32(names.count) {
            names.withBytes(of: code) { fold($0, into: &bytes) }
            let key = bytes.withUnsafeBufferPointer { folded.intern($0) }
            if Int(key) == first.count {
                first.append(code)
            } else if let group = place[key] {
                groups[group].append(code)
            } else {
                place[key] = groups.count
                groups.append([first[Int(key)], code])
            }
        }
        return groups
    }

    /// Lower case, compatibility decomposition and single spaces; plain ASCII without making a string.
    private static func fold(_ name: UnsafeBufferPointer<UInt8>, into result: inout [UInt8]) {
        result.removeAll(keepingCapacity: true)
        guard !name.contains(where: { $0 >= 0x80 }) else {
            let text = String(decoding: name, as: UTF8.self).decomposedStringWithCompatibilityMapping
                .lowercased()
            result.append(contentsOf: text.split(whereSeparator: \.isWhitespace).joined(separator: " ").utf8)
            return
        }
        var gap = false
        for byte in name {
            if byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) {
                gap = !result.isEmpty
                continue
            }
            if gap { result.append(0x20) }
            gap = false
            result.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
        }
    }
}

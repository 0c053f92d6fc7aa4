import Foundation

/// Makes ids that no other process makes: 48 bits of time in milliseconds and 80 random ones, in 26 letters and digits.
///
/// Later ids sort after earlier ones, so that stores add them at the end of their indexes.
enum Identifiers {
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    static func make(now: Double) -> String {
        var generator = SystemRandomNumberGenerator()
        let milliseconds = UInt64(min(max(now * 1000, 0), 0x1p47))
        var high = milliseconds << 16 | (generator.next() >> 48)
        var low: UInt64 = generator.next()
        let text = [UInt8](unsafeUninitializedCapacity: 26) { buffer, count in
            for place in stride(from: 25, through: 0, by: -1) {
                buffer.initializeElement(at: place, to: digits[Int(low & 31)])
                low = low >> 5 | high << 59
                high >>= 5
            }
            count = 26
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The id of a place of a slate.
    static func place(_ slate: String, _ number: Int) -> String { "\(slate)/\(number)" }

    /// The slate that a decision's id is a place of; `nil` for one that stands alone.
    static func slate(of id: String) -> String? {
        guard let slash = id.utf8.lastIndex(of: 47), slash > id.utf8.startIndex else { return nil }
        let number = id.utf8[id.utf8.index(after: slash)...]
        guard !number.isEmpty, number.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return String(id[..<slash])
    }
}

/// Hashes that are the same in every process and version.
enum StableHash {
    /// 64 bits of some names, which are kept apart.
    static func of(_ names: String...) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for name in names {
            for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0x1FF) &* 0x100_0000_01B3
        }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash >> 31)
    }
}

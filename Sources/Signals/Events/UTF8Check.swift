/// Finds the first byte that does not belong in UTF-8.
enum UTF8Check {
    /// Whether all bytes are ASCII, eight at a time.
    static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let raw = UnsafeRawBufferPointer(bytes)
        var at = 0
        while at + 32 <= raw.count {
            let a = raw.loadUnaligned(fromByteOffset: at, as: SIMD4<UInt64>.self)
            if (a[0] | a[1] | a[2] | a[3]) & 0x8080_8080_8080_8080 != 0 { return false }
            at += 32
        }
        while at < raw.count {
            if raw[at] >= 0x80 { return false }
            at += 1
        }
        return true
    }

    /// The offset of the first byte that is not part of well-formed UTF-8, or `nil` where all are.
    static func firstInvalid(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            if byte < 0x80 {
                at += 1
                continue
            }
            // The range of the second byte excludes overlong forms, surrogates and what lies above U+10FFFF.
            let length: Int
            var low: UInt8 = 0x80
            var high: UInt8 = 0xBF
            switch byte {
            case 0xC2...0xDF: length = 2
            case 0xE0: (length, low) = (3, 0xA0)
            case 0xED: (length, high) = (3, 0x9F)
            case 0xE1...0xEF: length = 3
            case 0xF0: (length, low) = (4, 0x90)
            case 0xF4: (length, high) = (4, 0x8F)
            case 0xF1...0xF3: length = 4
            default: return at
            }
            guard at + length <= bytes.count, bytes[at + 1] >= low, bytes[at + 1] <= high else { return at }
            for offset in 2..<max(2, length) where bytes[at + offset] & 0xC0 != 0x80 { return at }
            at += length
        }
        return nil
    }
}

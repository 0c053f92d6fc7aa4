/// Indents a JSON text for reading, in one pass and without building the value.
enum JSONLayout {
    /// The text with a line for each member; a text that is no JSON comes out as it went in but for spaces.
    static func indented(_ text: String, depthLimit: Int = 24) -> String {
        var out: [UInt8] = []
        let bytes = Array(text.utf8)
        out.reserveCapacity(bytes.count * 2)
        var depth = 0, index = 0
        func newline() {
            out.append(0x0A)
            out.append(contentsOf: repeatElement(0x20, count: 2 * min(depth, depthLimit)))
        }
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x22:
                let start = index
                index += 1
                while index < bytes.count, bytes[index] != 0x22 { index += bytes[index] == 0x5C ? 2 : 1 }
                index = min(index, bytes.count - 1)
                out.append(contentsOf: bytes[start...index])
            case 0x7B, 0x5B:
                out.append(byte)
                var next = index + 1
                while next < bytes.count, isSpace(bytes[next]) { next += 1 }
                if next < bytes.count, bytes[next] == byte + 2 {
                    out.append(bytes[next])
                    index = next
                } else {
                    depth += 1
                    newline()
                }
            case 0x7D, 0x5D:
                depth = max(0, depth - 1)
                newline()
                out.append(byte)
            case 0x2C:
                out.append(byte)
                newline()
            case 0x3A: out.append(contentsOf: [byte, 0x20])
            default: if !isSpace(byte) { out.append(byte) }
            }
            index += 1
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }
}

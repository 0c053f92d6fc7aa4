/// All bytes of a file or of standard input, unpacked where they are gzip.
///
/// ```swift
/// let bytes = try SourceBytes.read("pairs.jsonl.gz", limit: 1 << 30)
/// ```
public enum SourceBytes {
    /// Reads a file; `-` is standard input.
    ///
    /// - Parameter limit: The most bytes, unpacked.
    /// - Throws: `FeedbackReadError` where it cannot be read, is damaged, or holds more.
    public static func read(_ path: String, limit: Int = 4 << 30) throws -> [UInt8] {
        let input = try ByteInput(path == "-" ? .standardInput : .file(path))
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try input.read(into: $0) }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else {
                throw FeedbackReadError.unreadable(
                    file: path, reason: "it holds more than \(limit) bytes")
            }
            bytes += chunk[..<count]
        }
    }
}

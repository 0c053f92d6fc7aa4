#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The bytes of a source, in order, unpacked where they are gzip.
final class ByteInput {
    private let name: String
    private var descriptor: Int32 = -1
    private var memory: [UInt8] = []
    private var position = 0
    private var inflater: Inflater?
    private var head: [UInt8] = []

    /// Whether the source is gzip.
    var isCompressed: Bool { inflater != nil }

    init(_ source: FeedbackSource) throws {
        name = source.name
        switch source {
        case .bytes(let bytes, _): memory = bytes
        case .standardInput: descriptor = 0
        case .file(let path):
            descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw FeedbackReadError.unreadable(file: name, reason: Self.reason(errno))
            }
        }
        var magic = [UInt8](repeating: 0, count: 2)
        let count = try magic.withUnsafeMutableBytes { try fill($0) { try readRaw($0) } }
        head = Array(magic.prefix(count))
        if head == [0x1F, 0x8B] {
            inflater = try Inflater(file: name)
        }
    }

    deinit { if descriptor > 0 { close(descriptor) } }

    /// Fills the buffer as far as the source goes and returns the number of bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let inflater else { return try fill(buffer) { try self.next($0) } }
        return try inflater.read(into: buffer) { try self.next($0) }
    }

    /// The source's own bytes, the two that were looked at first.
    private func next(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !head.isEmpty, !buffer.isEmpty else { return try readRaw(buffer) }
        let count = min(head.count, buffer.count)
        for index in 0..<count { buffer[index] = head[index] }
        head.removeFirst(count)
        return count
    }

    private func fill(
        _ buffer: UnsafeMutableRawBufferPointer, _ read: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try read(UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    private func readRaw(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if descriptor < 0 {
            let count = min(buffer.count, memory.count - position)
            memory.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
            }
            position += count
            return count
        }
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
                let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
            #else
                let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            if errno == EINTR { continue }
            throw FeedbackReadError.unreadable(file: name, reason: Self.reason(errno))
        }
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT: "there is no such file"
        case EACCES, EPERM: "reading it is not permitted"
        case EISDIR: "it is a folder"
        default: String(cString: strerror(code))
        }
    }
}

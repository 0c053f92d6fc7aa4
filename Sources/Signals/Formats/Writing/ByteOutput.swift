import CZlib

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Takes bytes for a file, for standard output, or for memory, and packs them where that is asked for.
final class ByteOutput {
    private let path: String?
    private let temporary: String?
    private var descriptor: Int32 = -1
    private var memory: [UInt8] = []
    private var deflater: Deflater?

    /// Collects in memory.
    init(compressed: Bool) {
        path = nil
        temporary = nil
        if compressed { deflater = Deflater() }
    }

    /// Writes beside the path until `finish`; `-` is standard output.
    init(path: String, compressed: Bool) throws {
        self.path = path
        if compressed { deflater = Deflater() }
        if path == "-" {
            temporary = nil
            descriptor = 1
            return
        }
        let beside = "\(path).\(getpid()).partial"
        temporary = beside
        descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw unwritable() }
    }

    deinit { if descriptor > 1 { close(descriptor) } }

    func write(_ bytes: [UInt8]) throws {
        guard let deflater else { return try emit(bytes) }
        try deflater.pack(bytes, last: false) { try emit($0) }
    }

    /// Completes the file; the bytes are those collected in memory.
    func finish() throws -> [UInt8] {
        try deflater?.pack([], last: true) { try emit($0) }
        if let temporary, let path {
            guard fsync(descriptor) == 0, close(descriptor) == 0 else { throw unwritable() }
            descriptor = -1
            guard rename(temporary, path) == 0 else { throw unwritable() }
        }
        return memory
    }

    /// Removes what was written so far.
    func abandon() {
        if let temporary { unlink(temporary) }
    }

    private func emit(_ bytes: [UInt8]) throws {
        guard descriptor >= 0 else { return memory += bytes }
        try bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                #elseif canImport(Musl)
                    let count = Musl.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                #else
                    let count = Darwin.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                #endif
                if count < 0 {
                    if errno == EINTR { continue }
                    throw unwritable()
                }
                done += count
            }
        }
    }

    private func unwritable() -> FeedbackWriteError {
        .unwritable(file: path ?? "memory", reason: String(cString: strerror(errno)))
    }
}

/// Packs bytes as one gzip member that depends on nothing but them.
private final class Deflater {
    private let stream: UnsafeMutablePointer<z_stream>
    private var packed = [UInt8](repeating: 0, count: 1 << 16)

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib did not start")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func pack(_ bytes: [UInt8], last: Bool, _ emit: ([UInt8]) throws -> Void) throws {
        var bytes = bytes
        try bytes.withUnsafeMutableBufferPointer { bytes in
            stream.pointee.next_in = bytes.baseAddress
            stream.pointee.avail_in = UInt32(bytes.count)
            while true {
                let (status, count) = packed.withUnsafeMutableBufferPointer { out in
                    stream.pointee.next_out = out.baseAddress
                    stream.pointee.avail_out = UInt32(out.count)
                    let status = deflate(stream, last ? Z_FINISH : Z_NO_FLUSH)
                    return (status, out.count - Int(stream.pointee.avail_out))
                }
                if count > 0 { try emit(Array(packed[..<count])) }
                if status == Z_STREAM_END || (!last && stream.pointee.avail_in == 0 && count < packed.count) {
                    return
                }
            }
        }
    }
}

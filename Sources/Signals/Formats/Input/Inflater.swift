import CZlib

/// Unpacks gzip data: several members end to end are one text, and data that end early are an error.
final class Inflater {
    private let file: String
    private let stream: UnsafeMutablePointer<z_stream>
    private let packed: UnsafeMutableRawBufferPointer
    private var betweenMembers = false
    private var finished = false
    private var produced = 0

    init(file: String) throws {
        self.file = file
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        packed = .allocate(byteCount: 1 << 16, alignment: 1)
        // 16 asks for the gzip wrapper, 15 for the largest window.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw FeedbackReadError.damaged(file: file, reason: "zlib did not start")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        packed.deallocate()
    }

    func read(
        into buffer: UnsafeMutableRawBufferPointer, from next: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> Int {
        guard !finished, !buffer.isEmpty else { return 0 }
        let out = buffer.bindMemory(to: UInt8.self)
        stream.pointee.next_out = out.baseAddress
        stream.pointee.avail_out = UInt32(min(out.count, 1 << 30))
        let wanted = Int(stream.pointee.avail_out)
        while stream.pointee.avail_out > 0 {
            if stream.pointee.avail_in == 0 {
                let count = try next(packed)
                if count == 0 {
                    guard betweenMembers else { throw damage("the gzip data end early") }
                    finished = true
                    break
                }
                stream.pointee.next_in = packed.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_in = UInt32(count)
            }
            if betweenMembers, !skipPadding() { continue }
            let status = inflate(stream, Z_NO_FLUSH)
            if status == Z_STREAM_END {
                betweenMembers = true
                guard inflateReset(stream) == Z_OK else { throw damage("zlib did not start again") }
            } else if status != Z_OK && status != Z_BUF_ERROR {
                throw damage(
                    stream.pointee.msg.map { "the gzip data are damaged (\(String(cString: $0)))" }
                        ?? "the gzip data are damaged")
            }
        }
        let count = wanted - Int(stream.pointee.avail_out)
        produced += count
        return count
    }

    /// Passes the zeros that may follow a member; true where another member begins.
    private func skipPadding() -> Bool {
        while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
            stream.pointee.next_in += 1
            stream.pointee.avail_in -= 1
        }
        guard stream.pointee.avail_in > 0 else { return false }
        betweenMembers = false
        return true
    }

    private func damage(_ reason: String) -> FeedbackReadError {
        let text = produced + (stream.pointee.total_out > 0 ? Int(stream.pointee.total_out) : 0)
        return .damaged(
            file: file, reason: text > 0 ? "\(reason), after about \(text) bytes of text" : reason)
    }
}

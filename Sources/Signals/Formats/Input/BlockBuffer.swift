/// A window on a source's bytes that moves on by whole records: what is not used up stays in front when more is
/// read, and the window grows only where one record does not fit.
final class BlockBuffer {
    /// The longest record (line, quoted row, JSON element) that is read.
    static let maximumRecord = 64 << 20

    private let input: ByteInput
    private let file: String
    private var storage: UnsafeMutableRawBufferPointer
    /// The first byte not yet used.
    private(set) var start = 0
    /// Where the bytes that were read end.
    private(set) var end = 0
    /// Whether the source has no more bytes than the window holds.
    private(set) var isLast = false
    /// Counts the windows, so that work done once for each can be.
    private(set) var generation = 0

    init(_ input: ByteInput, file: String, size: Int = 1 << 18) throws {
        self.input = input
        self.file = file
        storage = .allocate(byteCount: size, alignment: 16)
        try load()
    }

    deinit { storage.deallocate() }

    /// The bytes not yet used.
    var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: UnsafeBufferPointer(storage.bindMemory(to: UInt8.self))[start..<end])
    }

    /// Marks bytes as used.
    func consume(_ count: Int) { start += count }

    /// Reads on, keeping what is not used; invalidates `bytes`.
    func more(line: Int) throws {
        precondition(!isLast)
        let kept = end - start
        if kept == storage.count {
            guard storage.count < Self.maximumRecord else {
                throw FeedbackReadError.recordTooLong(file: file, line: line, limit: Self.maximumRecord)
            }
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: storage.count * 2, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[start..<end]))
            storage.deallocate()
            storage = larger
        } else if start > 0, kept > 0 {
            storage.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[start..<end]))
        }
        start = 0
        end = kept
        try load()
    }

    private func load() throws {
        let count = try input.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[end...]))
        end += count
        isLast = end < storage.count
        generation += 1
    }
}

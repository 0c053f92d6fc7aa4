import Crypto

/// What a source is known by: its content, whatever it is called.
///
/// A source is the same as one that was imported before if its bytes are the same, and a later state of it if
/// the bytes of that one are the beginning of its own. The bytes are those of the text: a file and its gzip
/// are one source.
public struct SourceFingerprint: Sendable, Hashable {
    /// How many bytes there are.
    public let bytes: Int
    /// How many lines there are, the last one counted with or without a line break.
    public let lines: Int
    /// Their SHA-256.
    public let digest: [UInt8]
    /// The same for the beginnings of the source that are as long as a source that was imported before.
    let beginnings: [Beginning]

    struct Beginning: Sendable, Hashable {
        var bytes: Int
        var digest: [UInt8]
    }
}

/// Computes the fingerprint of a source from its bytes, piece by piece; get one from
/// `FeedbackStore.fingerprinting()`.
public struct SourceHasher: Sendable {
    private var hash = SHA256()
    private var bytes = 0
    private var breaks = 0
    private var endsLine = true
    private var lengths: ArraySlice<Int>
    private var beginnings: [SourceFingerprint.Beginning] = []

    /// - Parameter lengths: the lengths of the sources that were imported before.
    init(lengths: some Sequence<Int>) {
        self.lengths = Set(lengths).filter { $0 > 0 }.sorted()[...]
    }

    /// Takes the next bytes.
    public mutating func update(_ piece: UnsafeRawBufferPointer) {
        var rest = piece
        while let length = lengths.first, length <= bytes + rest.count {
            take(UnsafeRawBufferPointer(rebasing: rest.prefix(length - bytes)), from: &rest)
            lengths.removeFirst()
            beginnings.append(.init(bytes: bytes, digest: Array(hash.finalize())))
        }
        take(rest, from: &rest)
    }

    private mutating func take(_ piece: UnsafeRawBufferPointer, from rest: inout UnsafeRawBufferPointer) {
        hash.update(bufferPointer: piece)
        for byte in piece where byte == UInt8(ascii: "\n") { breaks += 1 }
        if let last = piece.last { endsLine = last == UInt8(ascii: "\n") }
        bytes += piece.count
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
    }

    /// Takes the next bytes.
    public mutating func update(_ piece: some Sequence<UInt8>) {
        Array(piece).withUnsafeBytes { update($0) }
    }

    /// The fingerprint of the bytes taken so far.
    public func finish() -> SourceFingerprint {
        SourceFingerprint(
            bytes: bytes, lines: breaks + (endsLine ? 0 : 1), digest: Array(hash.finalize()),
            beginnings: beginnings)
    }
}

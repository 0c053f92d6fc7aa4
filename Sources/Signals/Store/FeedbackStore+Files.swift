import Foundation

extension FeedbackStore {
    /// Imports a file, standard input or bytes exactly once; see `importing(_:name:batch:progress:feed:)`.
    ///
    /// The source is read once for its fingerprint and, unless the options say to skip bad lines, once to see
    /// whether it has one; only then is anything stored. What identifies it is its content (unpacked), not
    /// its name and not the options: the same content read in another way changes nothing.
    ///
    /// - Parameters:
    ///   - source: where to read from. Standard input is kept in a temporary file meanwhile.
    ///   - options: how to read it. With `skipBad` the bad lines go into the ledger as refused.
    ///   - name: what to call the source; its own name by default.
    ///   - batch: how many records make a transaction.
    ///   - progress: called after each batch that is acknowledged; to throw stops the import there.
    /// - Returns: what was done.
    /// - Throws: `FeedbackReadError` where the source cannot be read or has bad lines; else as `importing`.
    @discardableResult
    public func `import`(
        _ source: FeedbackSource, options: ReadOptions = ReadOptions(), name: String? = nil,
        batch: Int = 50_000,
        progress: @escaping (ImportReport) throws -> Void = { _ in }
    ) throws -> ImportReport {
        if case .standardInput = source {
            return try Spool.holding(source) { spooled in
                try self.import(
                    spooled, options: options, name: name ?? source.name, batch: batch, progress: progress)
            }
        }
        var hasher = try fingerprinting()
        try source.pieces { hasher.update($0) }
        let content = hasher.finish()
        let reader = FeedbackReader(options)
        if try !options.skipBad && !isImported(content) {
            var nowhere = Nowhere()
            try reader.read(source, into: &nowhere)
        }
        var reading: ReadReport?
        var report = try importing(content, name: name ?? source.name, batch: batch, progress: progress) {
            reading = try reader.read(source, into: &$0)
        }
        report.reading = reading
        return report
    }
}

/// Takes feedback and forgets it: to see whether a source can be read.
private struct Nowhere: FeedbackSink {
    mutating func receive(_ event: FeedbackEvent, line: Int) {}
    mutating func receive(_ batch: ComparisonBatch) {}
    mutating func reject(_ line: BadLine) {}
}

extension FeedbackSource {
    /// Reads the text piece by piece, unpacked.
    fileprivate func pieces(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let input = try ByteInput(self)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try input.read(into: buffer)
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

/// Keeps what can be read only once in a temporary file.
private enum Spool {
    static func holding<R>(_ source: FeedbackSource, _ body: (FeedbackSource) throws -> R) throws -> R {
        let folder = NSTemporaryDirectory() + "heed-\(UInt64.random(in: 0...UInt64.max))"
        let path = folder + "/standard-input"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else {
            throw FeedbackReadError.unreadable(file: source.name, reason: "no temporary file can be made")
        }
        defer { try? file.close() }
        try source.pieces { try file.write(contentsOf: Data($0)) }
        return try body(.file(path))
    }
}

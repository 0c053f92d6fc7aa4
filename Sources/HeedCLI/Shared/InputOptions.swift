import ArgumentParser
import Foundation
import Heed

/// Where the feedback comes from: files, standard input or a store.
struct InputOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Files of feedback (CSV, TSV, JSON, JSON lines, PrefLib; gzip of each), - for standard input, or a store.",
            valueName: "file"),
        completion: .file())
    var files: [String]

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What columns mean, where it is not recognised: left=model_a,right=model_b,winner=win.",
            valueName: "pairs"))
    var map: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Keep only rows with this value: race=mayor. May be repeated.", valueName: "column=value"))
    var `where`: [String] = []

    @Option(
        name: .long, help: ArgumentHelp("The format, where it is not to be recognised.", valueName: "format"),
        completion: .list(FeedbackFormat.allCases.map(\.rawValue)))
    var format: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The space of a store, where it has several.", valueName: "name"))
    var space: String?

    @Flag(name: .long, help: "Go on without bad lines, and write them beside the input as FILE.rejected.")
    var skipBad = false

    func validate() throws {
        if files.isEmpty {
            throw ValidationError("Name at least one file, - for standard input, or a store.")
        }
        _ = try readOptions()
    }

    /// The options for the readers.
    func readOptions() throws -> ReadOptions {
        var options = ReadOptions(skipBad: skipBad)
        if let format {
            guard let known = FeedbackFormat(rawValue: format) else {
                throw ValidationError(
                    "There is no format '\(format)'. Known: "
                        + FeedbackFormat.allCases.map(\.rawValue).joined(separator: ", ") + ".")
            }
            options.format = known
        }
        for pair in (map ?? "").split(separator: ",") {
            let (field, column) = try Self.split(pair, "--map takes field=column pairs, such as left=model_a")
            options.mapping[field] = column
        }
        for pair in self.where {
            let (column, value) = try Self.split(pair[...], "--where takes column=value, such as race=mayor")
            options.keeping[column, default: []].insert(value)
        }
        return options
    }

    private static func split(_ pair: Substring, _ message: String) throws -> (String, String) {
        guard let sign = pair.firstIndex(of: "="), sign != pair.startIndex else {
            throw ValidationError(message + ".")
        }
        return (String(pair[..<sign]), String(pair[pair.index(after: sign)...]))
    }

    /// What was read, for reports.
    struct Input {
        var log: FeedbackLog
        /// One line for each source: how it was read.
        var sources: [String]
        /// What the readers want known.
        var notes: [String]
    }

    /// Reads everything. Says on standard error how it was read, unless `quiet`.
    func read(quiet: Bool = false) throws -> Input {
        let options = try readOptions()
        var input = Input(log: FeedbackLog(), sources: [], notes: [])
        try refuseSpaceOfFiles()
        let progress = ProgressLine("reading", unit: .things("events"))
        defer { progress.finish() }
        for path in files {
            if StoreFile.isStore(path) {
                if map != nil || !self.where.isEmpty || format != nil {
                    throw Failure(
                        "\(path) is a store: --map, --where and --format say how files are read; export it first, or leave "
                            + "them out", code: Failure.usage)
                }
                let store = try StoreFile.open(path, space: space)
                let log = try store.log()
                input.sources.append("\(path): a store, space \(store.space), \(log.count) events")
                if input.log.isEmpty { input.log = log } else { input.log.append(contentsOf: log) }
                continue
            }
            if options.skipBad {
                var sink = RejectingLog(log: input.log)
                input.log = FeedbackLog()
                let report = try FeedbackReader(options).read(path, into: &sink)
                input.log = sink.log
                try sink.writeRejected(beside: path)
                note(report, &input)
            } else {
                let report = try FeedbackReader(options).read(path, into: &input.log)
                note(report, &input)
            }
        }
        if !quiet {
            for line in input.sources { Console.note(line) }
            for line in input.notes { Console.note("  " + line) }
        }
        return input
    }

    /// Refuses `--space` where there is no store that could have it.
    private func refuseSpaceOfFiles() throws {
        if space != nil, !files.contains(where: StoreFile.isStore) {
            throw Failure("--space names a space of a store; files have none", code: Failure.usage)
        }
    }

    private func note(_ report: ReadReport, _ input: inout Input) {
        input.sources.append(report.summary)
        input.notes += report.notes
    }
}

/// A log that remembers the lines it could not use.
private struct RejectingLog: FeedbackSink {
    var log: FeedbackLog
    var rejected: [BadLine] = []

    mutating func receive(_ event: FeedbackEvent, line: Int) { log.receive(event, line: line) }
    mutating func receive(_ batch: ComparisonBatch) { log.receive(batch) }
    mutating func reject(_ line: BadLine) { rejected.append(line) }

    /// Writes the rejected lines with the reasons beside the input; nothing where there are none.
    func writeRejected(beside path: String) throws {
        if rejected.isEmpty { return }
        let target = (path == "-" ? "standard-input" : path) + ".rejected"
        let rows = rejected.map {
            [String($0.line), String($0.column), $0.field ?? "", $0.value, $0.reason, $0.text]
        }
        try write(CSV.text([["line", "column", "field", "value", "reason", "text"]] + rows), to: target)
        Console.note("\(rejected.count) bad lines were left out and written to \(target)")
    }
}

/// Telling a store from a file of feedback.
enum StoreFile {
    /// Whether a path is an SQLite database: every one begins with the same sixteen bytes.
    static func isStore(_ path: String) -> Bool {
        guard path != "-", let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        return (try? file.read(upToCount: 16)) == Data("SQLite format 3\0".utf8)
    }

    /// Opens the space of a store that is named, or the only one that has feedback.
    static func open(_ path: String, space: String?) throws -> FeedbackStore {
        let store = try FeedbackStore(path: path, create: false)
        return store.inSpace(
            try choose(space, of: store.spaces().filter { $0.ledger.received > 0 }.map(\.name), in: path))
    }

    /// The space that is named, or the only one there is.
    static func choose(_ space: String?, of spaces: [String], in path: String) throws -> String {
        if let space {
            if spaces.contains(space) { return space }
            let known = spaces.isEmpty ? "it has none" : "it has \(spaces.joined(separator: ", "))"
            throw Failure(
                "\(path): there is no space \(space) with feedback; \(known)", code: Failure.badData)
        }
        guard spaces.count < 2 else {
            throw Failure(
                "\(path) has several spaces: \(spaces.joined(separator: ", ")). Say which with --space NAME",
                code: Failure.usage)
        }
        return spaces.first ?? "default"
    }
}

extension InputOptions {
    /// Reads everything as decisions. Says on standard error how it was read, unless `quiet`.
    func readDecisions(quiet: Bool = false, items: String? = nil) throws -> DecisionLog {
        let options = try readOptions()
        try refuseSpaceOfFiles()
        let reader = DecisionLogReader(options, items: items.map { FeedbackSource($0) })
        if files.contains(where: StoreFile.isStore) {
            guard files.count == 1 else {
                throw Failure("read a store by itself, without further files", code: Failure.usage)
            }
            let (log, report) = try reader.read(StoreFile.open(files[0], space: space))
            say(report, quiet: quiet)
            return log
        }
        if let twice = files.first(where: { file in files.count { $0 == file } > 1 }) {
            throw Failure("\(twice) is named twice: its decisions would count twice", code: Failure.usage)
        }
        let (log, report) = try reader.read(files)
        say(report, quiet: quiet)
        if let items, log.count > 0,
            !(0..<log.count).contains(where: { row in
                log.possible.range(row).contains { log.possible.columns[$0] == Int32(log.action[row]) }
            })
        {
            throw Failure("\(items): names none of the log's actions", code: Failure.badData)
        }
        return log
    }

    private func say(_ report: DecisionReadReport, quiet: Bool) {
        if !quiet { for line in report.lines { Console.note(line) } }
    }
}

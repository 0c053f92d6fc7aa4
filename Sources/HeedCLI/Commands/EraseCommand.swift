import ArgumentParser
import Foundation
import Heed
import HeedAPI
import Serving

struct EraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract:
            "Remove everything that a person ever sent, so that it cannot be read from the file any more.",
        discussion: """
            What answers the person's decisions goes with it, invitations made out to them end, and the models that
            learnt from what was removed are marked. Backups made before still have it.

            Examples:
              heed erase heed.db --judge ann
              heed erase heed.db --judge ann --space offers --yes
            """)

    @Argument(
        help: ArgumentHelp("The store: a file or postgres://….", valueName: "store"), completion: .file())
    var store: String

    @Option(name: .long, help: ArgumentHelp("The person: the judge of the feedback.", valueName: "name"))
    var judge: String

    @Option(name: .long, help: ArgumentHelp("Only this space; all by default.", valueName: "name"))
    var space: String?

    @Flag(name: .long, help: "Do not ask. Needed where there is nobody to ask.")
    var yes = false

    @Flag(name: .long, help: "Print JSON (see docs/cli.md).")
    var json = false

    func validate() throws {
        if judge.isEmpty { throw ValidationError("--judge takes a name.") }
    }

    func run() throws {
        let location = StoreLocation(store)
        try Confirmation.ask(
            "Remove everything that \(judge) sent from \(space ?? "all spaces") of \(location)?", yes: yes)
        let work = try UpkeepWork(location)
        defer { work.close() }
        let removals = try work.service.eraseNow(judge: judge, from: space.map { [$0] })
        let counts = Dictionary(removals.map { ($0.space, $0.events) }, uniquingKeysWith: +)
        try UpkeepJSON(
            store: "\(location)", judge: judge, removed: counts, events: counts.values.reduce(0, +),
            models: work.markedModels()
        ).say(json: json)
    }
}

struct PruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove the feedback that arrived too long ago.",
        discussion: """
            It goes by the time of arrival. What answers a decision that is removed goes with it.

            Examples:
              heed prune heed.db --older-than 90d
              heed prune heed.db --older-than 12h --space offers
            """)

    @Argument(
        help: ArgumentHelp("The store: a file or postgres://….", valueName: "store"), completion: .file())
    var store: String

    @Option(
        name: .long, help: ArgumentHelp("The age: 90d, 12h, 2w (days, hours, weeks).", valueName: "age"))
    var olderThan: String

    @Option(name: .long, help: ArgumentHelp("The space, where the store has several.", valueName: "name"))
    var space: String?

    @Flag(name: .long, help: "Print JSON (see docs/cli.md).")
    var json = false

    func validate() throws {
        if Self.seconds(olderThan) == nil {
            throw ValidationError("--older-than takes an age, such as 90d, 12h or 2w.")
        }
    }

    func run() throws {
        let location = StoreLocation(store)
        let work = try UpkeepWork(location)
        defer { work.close() }
        let space = try StoreFile.choose(self.space, of: work.store.spaces(), in: "\(location)")
        let before = Date().timeIntervalSince1970 - (Self.seconds(olderThan) ?? .infinity)
        let removal = try work.service.pruneNow(space, before: before)
        try UpkeepJSON(
            store: "\(location)", judge: nil, removed: [space: removal.events], events: removal.events,
            models: work.markedModels()
        ).say(json: json)
    }

    /// An age in seconds.
    private static func seconds(_ age: String) -> Double? {
        let units: [Character: Double] = ["h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = age.last.flatMap({ units[$0] }), let count = Double(age.dropLast()), count >= 0,
            count * unit < 1e10
        else { return nil }
        return count * unit
    }
}

/// A store with the service over it that knows what else to change when feedback goes.
private final class UpkeepWork {
    let store: any ServiceStore
    let service: HeedService
    private let marked: Set<String>

    init(_ location: StoreLocation) throws {
        store = try location.open(create: false)
        service = try HeedService(store: store)
        marked = try Set(Self.staleModels(store))
    }

    /// The models that were marked since this was made, as SPACE/MODEL.
    func markedModels() throws -> [String] { try Self.staleModels(store).filter { !marked.contains($0) } }

    func close() { try? store.close() }

    private static func staleModels(_ store: any ServiceStore) throws -> [String] {
        let decoder = JSONDecoder()
        return try store.records("model").filter {
            try decoder.decode(ModelInfo.self, from: $0.body).stale != nil
        }.map(\.id)
    }
}

/// What was removed.
private struct UpkeepJSON: Encodable {
    var store: String
    var judge: String?
    var removed: [String: Int]
    var events: Int
    var models: [String]

    func say(json: Bool) throws {
        if json { return try printJSON(self) }
        let parts = removed.sorted { $0.key < $1.key }.map { "\($0.value) from \($0.key)" }
        try Console.out(
            "\(store): removed \(events) events" + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
        )
        if !models.isEmpty { try Console.out("marked for retraining: " + models.joined(separator: ", ")) }
    }
}

/// Asks before something is lost.
enum Confirmation {
    static func ask(_ question: String, yes: Bool) throws {
        if yes { return }
        guard isatty(STDIN_FILENO) != 0 else {
            throw Failure("\(question) Say --yes: there is nobody to ask", code: Failure.usage)
        }
        try? FileHandle.standardError.write(contentsOf: Data("\(question) [y/N] ".utf8))
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            throw Failure("nothing was removed", code: 130)
        }
    }
}

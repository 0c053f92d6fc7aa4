import Foundation
import Heed

/// A search in a file: the policy, and the tries whose results are not in.
struct SearchState<P: Policy>: Codable where P.Context: Codable, P.Action: Codable {
    var format = "heed-search"
    var version = 1
    var method: String
    var policy: P
    var open: [PolicyDecision<P.Context, P.Action>]

    init(_ policy: P) {
        method = P.id
        self.policy = policy
        open = []
    }

    /// The state in a file; `nil` where there is no file.
    ///
    /// - Throws: `BanditError.file` where the file holds something else.
    static func load(_ path: String?) throws -> SearchState? {
        guard let path, FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BanditError.file(path: path, reason: "cannot be read")
        }
        let state: SearchState
        do {
            state = try PolicyFile.decoder.decode(SearchState.self, from: data)
        } catch {
            throw BanditError.file(path: path, reason: "is not the state of such a search")
        }
        guard state.format == "heed-search", state.version == 1, state.method == P.id else {
            throw BanditError.file(path: path, reason: "is not the state of such a search")
        }
        return state
    }

    /// Writes the state; the file appears whole or not at all.
    func save(_ path: String?) throws {
        guard let path else { return }
        try write(String(decoding: try PolicyFile.encoder.encode(self), as: UTF8.self), to: path)
    }
}

import HeedAPI
import Signals

extension HeedService {
    /// Removes everything that a person ever sent, and marks the models that learnt from it.
    ///
    /// - Returns: how many pieces were removed, by space.
    public func erase(judge: String, from spaces: [String]? = nil) async throws -> [String: Int] { [:] }

    /// Removes the feedback of a space that arrived before a time (in seconds since 1970-01-01 UTC).
    public func prune(_ space: String, before: Double) async throws -> Int { 0 }
}

import Foundation
import Kernels

/// What a question's token says: who was asked what, when. The token is signed, so that nobody answers what was not asked.
struct TaskClaims: Codable, Sendable, Hashable {
    /// What tokens of questions are signed for.
    static let purpose = "task"
    /// For how many seconds a question may be answered.
    static let lifetime = 3_600.0

    /// The space.
    var space: String
    /// Who was asked.
    var judge: String
    /// The items in the order in which they were shown.
    var items: [String]
    /// When, in seconds since 1970-01-01 UTC.
    var issued: Double
    /// What the id of the answer is made of.
    var nonce: String
    /// The invitation by which the judge came.
    var invitation: String?

    /// The id of the answer: the same question has one answer.
    var answerID: String { Self.prefix + nonce }
    /// The id of the reason given with it.
    var reasonID: String { answerID + ":why" }

    /// What ids of answers begin with.
    static let prefix = "answer-"

    /// The items in the order in which they are to be shown: decided by the seed and the question's own id alone.
    static func shuffled(_ items: [String], seed: UInt64, nonce: String) -> [String] {
        // FNV-1a: spreads the nonce over the generator's streams.
        let stream = nonce.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        var random = CounterRandom(seed: seed, stream: stream)
        var shown = items.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        random.shuffle(&shown)
        return shown
    }
}

/// The answer to "is the policy better than the one that decided?".
public enum OffPolicyVerdict: Sendable, Hashable, Codable {
    /// It earns more.
    case better
    /// It earns less.
    case worse
    /// The log does not say.
    case cannotTell(reason: Doubt, whatWouldTell: String)

    /// Why a log does not say.
    public struct Doubt: Sendable, Hashable, Codable {
        /// The kinds of doubt, in the order in which they are looked at.
        public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            /// Propensities or rewards cannot be right.
            case wrongLog
            /// The policy takes actions about which the log says nothing.
            case support
            /// The effective sample size is too small.
            case tooFew
            /// The interval of the difference holds zero.
            case chance
            /// With estimated propensities: a little unseen influence would overturn the answer.
            case onlyAssumption
        }

        /// The kind.
        public var kind: Kind
        /// The reason in one sentence.
        public var sentence: String

        /// Creates a doubt.
        public init(kind: Kind, sentence: String) {
            self.kind = kind
            self.sentence = sentence
        }
    }

    /// The answer in plain words.
    public var sentence: String {
        switch self {
        case .better: "Better: the policy earns more than the one that decided."
        case .worse: "Worse: the policy earns less than the one that decided."
        case .cannotTell(let reason, let whatWouldTell):
            "Can't tell. \(reason.sentence) What would tell: \(whatWouldTell)"
        }
    }
}

import HeedAPI
import Signals

/// The fixed fifth of feedback that no model learns from, so that any two can be compared on it.
///
/// Whether a piece belongs to it is a hash of its name alone: the same for every model, process and version, and nothing that
/// anybody decides about it later.
enum HeldOut {
    /// Whether a decision is held out, with all that answers it. The places of a slate go together.
    static func decision(_ id: String) -> Bool {
        StableHash.of("decision", Identifiers.slate(of: id) ?? id) % 5 == 0
    }

    /// Whether a vote is held out.
    static func vote(_ event: FeedbackEvent) -> Bool {
        if let id = event.id { return StableHash.of("vote", id) % 5 == 0 }
        return StableHash.of("vote", event.judge ?? "", event.prompt ?? "", event.time.map { "\($0)" } ?? "")
            % 5 == 0
    }
}

import HeedAPI
import Signals

/// The votes of a space, those to learn from and those held out.
struct VoteData {
    /// What may be learnt from.
    let learn: FeedbackLog
    /// What may not.
    let held: [FeedbackEvent]
    /// Which feedback that was.
    let range: DataRange

    /// The kinds that say which of several items is preferred.
    static let kinds: [Feedback.Kind] = [.comparison, .ranking, .choice]
}

extension VoteData {
    /// Reads a space's votes.
    ///
    /// - Parameters:
    ///   - learning: Whether the part that is learnt from is wanted.
    ///   - share: The part of the job's progress that this is.
    init(
        _ store: any ServiceStore, _ space: Space, setAside: Set<String>, learning: Bool = true,
        _ progress: JobProgress, share: Double
    ) throws {
        var learn = FeedbackLog()
        var held: [FeedbackEvent] = []
        var (first, last, read) = (Int64(0), Int64(0), 0)
        let end = max(1, Double(try store.last(space.name)))
        try store.events(space.name, EventFilter(kinds: Set(Self.kinds)), limit: nil) { stored in
            read += 1
            if read & 255 == 1 { try progress.report(share * Double(stored.sequence) / end, "reads votes") }
            if let judge = stored.event.judge, setAside.contains(judge) { return }
            let isHeld = HeldOut.vote(stored.event)
            if !isHeld && !learning { return }
            if first == 0 { first = stored.sequence }
            last = stored.sequence
            var event = stored.event
            event.features = [:]
            event.itemFeatures = [:]
            event.groups = [:]
            try progress.charge(
                (isHeld ? 400 : 80) + 2 * event.feedback.items.reduce(0) { $0 + $1.utf8.count + 16 },
                "reading votes")
            if isHeld { held.append(event) } else { try learn.append(event) }
        }
        self.learn = learn
        self.held = held
        range = DataRange(
            first: first, last: last, learned: learn.count, heldOut: held.count, setAside: setAside.sorted())
    }
}

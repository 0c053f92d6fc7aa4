import HeedAPI
import Signals

/// The decisions of a space with what they paid off, those to learn from and those held out.
struct DecisionData {
    /// What may be learnt from.
    let learn: DecisionLog
    /// What may not.
    let held: DecisionLog
    /// Which feedback that was.
    let range: DataRange

    /// The least probability of an action taken that can still be weighed.
    static let leastPropensity = 1e-6

    /// Reads a space's decisions and rewards.
    ///
    /// - Parameters:
    ///   - learning: Whether the part that is learnt from is wanted.
    ///   - share: The part of the job's progress that this is.
    init(
        _ store: any ServiceStore, _ space: Space, setAside: Set<String>, learning: Bool = true,
        _ progress: JobProgress, share: Double
    ) throws {
        let learn = DecisionCollector(actions: space.settings.actions)
        let held = DecisionCollector(actions: space.settings.actions)
        var (first, last, read) = (Int64(0), Int64(0), 0)
        var counts = (learned: 0, held: 0)
        let end = max(1, Double(try store.last(space.name)))
        try store.events(space.name, EventFilter(kinds: [.decision, .reward]), limit: nil) { stored in
            read += 1
            if read & 255 == 1 {
                try progress.report(share * Double(stored.sequence) / end, "reads decisions")
            }
            if let judge = stored.event.judge, setAside.contains(judge) { return }
            let id = stored.decisionID
            let isHeld = HeldOut.decision(id)
            if !isHeld && !learning { return }
            if first == 0 { first = stored.sequence }
            last = stored.sequence
            let event = stored.event.bounded(slate: Identifiers.slate(of: id))
            try progress.charge(event.bytesInLog, "reading decisions and rewards")
            if (isHeld ? held : learn).add(event, line: Int(stored.sequence)) == nil {
                if isHeld { counts.held += 1 } else { counts.learned += 1 }
            }
        }
        self.learn = learn.log
        self.held = held.log
        range = DataRange(
            first: first, last: last, learned: counts.learned, heldOut: counts.held,
            setAside: setAside.sorted())
    }
}

extension DecisionLog {
    /// The rows that came back with a reward and whose probability, where it is known, can be weighed.
    func usable(needsPropensity: Bool) -> [Int] {
        (0..<count).filter { row in
            let p = propensity[row]
            return !reward[row].isNaN
                && (p.isNaN ? !needsPropensity : p >= DecisionData.leastPropensity && p <= 1)
        }
    }
}

extension StoredEvent {
    /// The decision that this is or answers; its own name where it stands alone.
    fileprivate var decisionID: String {
        if case .decision(let decision) = event.feedback { return decision.id }
        return event.decision ?? key
    }
}

extension FeedbackEvent {
    /// The event as decisions are learnt from: without what only the store needs, and with numbers that can be computed with.
    fileprivate func bounded(slate: String?) -> FeedbackEvent {
        var event = self
        // The store keeps each id once already.
        event.id = nil
        event.itemFeatures = [:]
        // Rows of one prompt are taken for one unit, which is right for slates alone.
        event.prompt = slate == prompt ? slate : nil
        for (name, value) in features where name != "position" {
            event.features[name] = Magnitude.bounded(value)
        }
        if case .reward(var reward) = feedback {
            reward.value = Magnitude.bounded(reward.value)
            event.feedback = .reward(reward)
        }
        return event
    }

    /// About how many bytes it takes in a log.
    fileprivate var bytesInLog: Int {
        var bytes = 120 + 24 * (features.count + groups.count)
        for (name, value) in groups { bytes += name.utf8.count + value.utf8.count }
        if case .decision(let decision) = feedback {
            bytes += 2 * decision.id.utf8.count + 24 * decision.among.count
        }
        return bytes
    }
}

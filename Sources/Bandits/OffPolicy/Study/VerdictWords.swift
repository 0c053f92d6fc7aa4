/// Says why a study gives no verdict, and what data would give one.
enum VerdictWords {
    /// The doubt that findings of severity `wrong` raise, if there are any.
    ///
    /// Weights that average less than one are what a lack of support does to them, and are then no reason of their own.
    static func wrong(_ findings: [OffPolicyFinding]) -> OffPolicyVerdict? {
        let wrong = findings.filter { $0.severity == .wrong }
        let gap = wrong.first { $0.kind == .untriedAction || $0.kind == .thinSupport }
        let fault = wrong.first { finding in
            switch finding.kind {
            case .untriedAction, .thinSupport: false
            case .meanWeight: gap == nil || finding.value > 1
            default: true
            }
        }
        if let fault {
            let remedy =
                switch fault.kind {
                case .seenBefore: "decisions that it did not learn from."
                case .missingFeature: "a log with these features."
                default: "a log without this fault; then study it again."
                }
            return .cannotTell(
                reason: .init(kind: .wrongLog, sentence: fault.sentence), whatWouldTell: remedy)
        }
        return gap.map {
            .cannotTell(
                reason: .init(kind: .support, sentence: $0.sentence),
                whatWouldTell: "decisions in which that action is tried.")
        }
    }

    static func tooFew(_ weights: WeightSummary, minimum: Double) -> OffPolicyVerdict {
        let more = Double(weights.count) * (minimum / max(weights.effectiveSampleSize, 1e-9) - 1)
        return .cannotTell(
            reason: .init(
                kind: .tooFew,
                sentence:
                    "The log is worth about \(PlainNumber.count(weights.effectiveSampleSize)) decisions made by the "
                    + "policy itself, and \(PlainNumber.count(minimum)) are needed."),
            whatWouldTell:
                "about \(PlainNumber.count(more)) more decisions like these, or decisions by a policy closer to this one."
        )
    }

    /// Half the interval shrinks with the root of the number of decisions: n (h/|Δ|)² of them take its end to zero.
    static func chance(
        _ difference: OffPolicyReport.Quantity, decisions: Int
    ) -> OffPolicyVerdict {
        let gap = abs(difference.value)
        let half =
            difference.value > 0
            ? difference.value - difference.interval.lower : difference.interval.upper - difference.value
        let more = gap > 0 ? Double(decisions) * ((half / gap) * (half / gap) - 1) : .infinity
        if gap == 0, half == 0 {
            return .cannotTell(
                reason: .init(kind: .chance, sentence: "The two earn exactly the same on this log."),
                whatWouldTell:
                    "nothing, if they always do the same; otherwise decisions in which they differ.")
        }
        let sentence =
            "The difference \(PlainNumber.signed(difference.value)) could be chance: it lies between "
            + "\(PlainNumber.signed(difference.interval.lower)) and \(PlainNumber.signed(difference.interval.upper))."
        guard more < 1000 * Double(decisions) else {
            return .cannotTell(
                reason: .init(kind: .chance, sentence: sentence),
                whatWouldTell:
                    "no number of decisions like these that could be waited for: the two are about equally good."
            )
        }
        return .cannotTell(
            reason: .init(kind: .chance, sentence: sentence),
            whatWouldTell:
                "about \(PlainNumber.count(max(1, more))) more decisions like these, if the difference stays as it is."
        )
    }

    static func onlyAssumption(flips: Double, required: Double) -> OffPolicyVerdict {
        .cannotTell(
            reason: .init(
                kind: .onlyAssumption,
                sentence: flips <= 1
                    ? "The self-normalised estimate, from which the odds are varied, does not tell the difference from zero by itself."
                    : "Only the assumption that the contexts explain every choice carries the answer: if something "
                        + "unseen moved the odds of an action by a factor of \(PlainNumber.short(flips)), it would be open, and it should hold at "
                        + "\(PlainNumber.short(required))."),
            whatWouldTell:
                "decisions with logged propensities, even a small share of them made at random.")
    }
}

import Bandits
import Foundation
import HeedAPI
import Kernels
import Signals

/// Answers `decide`: chooses with the live model of a space, and keeps each decision before it is told.
///
/// A decision is a function of the service's seed, the space, the decision's id, what was asked and the live version, so that a
/// request that comes twice at the same time is decided once: the store keeps the first, and both are given it.
///
/// **Slates** are drawn place by place without replacement: each place is a decision among the actions that are left, with
/// its own probabilities, its own id (`ID/1`, `ID/2`…) and the slate's id as its prompt. All places are stored in one transaction.
final class Deciding: Sendable {
    private let core: ServiceCore
    private let learning: Learning

    init(_ core: ServiceCore, learning: Learning) {
        self.core = core
        self.learning = learning
    }

    func decide(_ space: Space, _ request: DecideRequest) async throws -> DecideResponse {
        let actions = try request.checked(space.settings)
        let chooser = try await learning.chooser(space, request.by ?? .policy)
        let id = request.id ?? Identifiers.make(now: core.now())
        // A slate that is asked for again may be of another length, of which some places would be new.
        if request.id != nil, request.slate != nil,
            let first = try await recorded(space.name, id, isSlate: true)
        {
            return first
        }
        let draw = try Draw(
            space: space.name, id: id, actions: actions, request: request, chooser: chooser,
            seed: core.options.seed,
            time: core.now())
        let result = try await core.queue.submit(Submission(space: space.name, events: draw.events))
        for outcome in result.outcomes {
            switch outcome {
            case .kept, .pending: continue
            case .malformed(let flaw):
                throw ServiceError.invalid(field: flaw.field, value: flaw.value, expected: flaw.reason)
            case .duplicate, .conflict:
                guard let first = try await recorded(space.name, id, isSlate: request.slate != nil) else {
                    throw ServiceError.conflict("the space has other feedback with the id \(id.prefix(80))")
                }
                return first
            }
        }
        return draw.response
    }

    /// The answer that a decision was given when it was made; `nil` where there is none with the id.
    private func recorded(_ space: String, _ id: String, isSlate: Bool) async throws -> DecideResponse? {
        let events = try await core.lane.run { [core] in
            guard isSlate else { return try core.store.decision(space, id).map { [$0] } ?? [] }
            var places: [StoredEvent] = []
            while places.count < DecideLimits.actions,
                let place = try core.store.decision(space, Identifiers.place(id, places.count + 1))
            {
                places.append(place)
            }
            return places
        }
        guard !events.isEmpty else { return nil }
        return try DecideResponse(events, isSlate: isSlate)
    }

    func provenance(_ space: String, _ id: String) async throws -> DecisionProvenance {
        let (found, answers) = try await core.lane.run { [core] in
            let own = try core.store.decision(space, id)
            let found = try own ?? core.store.decision(space, Identifiers.place(id, 1))
            guard let found, case .decision(let decision) = found.event.feedback else {
                throw ServiceError.notFound(kind: "decision", name: String(id.prefix(200)))
            }
            return (found, try core.store.answers(space, decision: decision.id))
        }
        guard case .decision(let decision) = found.event.feedback else {
            throw ServiceError.notFound(kind: "decision", name: String(id.prefix(200)))
        }
        var model: ModelInfo?
        if let version = decision.policy { model = try await learning.info(space, version) }
        return DecisionProvenance(
            decision: decision.id, action: decision.action, propensities: decision.named,
            time: found.event.time,
            version: decision.policy, model: model,
            rewards: answers.compactMap {
                if case .reward(let reward) = $0.event.feedback { reward.value } else { nil }
            })
    }
}

extension Decision {
    /// The probability of each action by its name.
    var named: [String: Double] { Dictionary(zip(among, propensities)) { first, _ in first } }
}

extension DecideResponse {
    /// The answer that stored decisions are.
    init(_ events: [StoredEvent], isSlate: Bool) throws {
        var places: [Place] = []
        var first: Decision?
        for event in events {
            guard case .decision(let decision) = event.event.feedback,
                let propensity = decision.named[decision.action]
            else {
                throw ServiceError.conflict(
                    "the decision with this id was made elsewhere, without probabilities")
            }
            first = first ?? decision
            places.append(Place(action: decision.action, decision: decision.id, propensity: propensity))
        }
        guard let first, let top = places.first else {
            throw ServiceError.conflict("there is no such decision")
        }
        self.init(
            decision: top.decision, action: top.action, propensity: top.propensity, propensities: first.named,
            slate: isSlate ? places : nil, model: first.policy ?? UniformChooser.version)
    }
}

extension HeedService {
    /// Chooses an action, a slate or an order. The decision is durable when this returns.
    ///
    /// A request with an id that was decided before is given the first answer again, whatever else it says. For a slate
    /// `decision` is the id of its first place, as `action` is what stands there.
    ///
    /// - Throws: `ServiceError`.
    public func decide(_ space: String, _ request: DecideRequest) async throws -> DecideResponse {
        try await deciding.decide(try spaces.space(space), request)
    }

    /// A past decision: what was possible, which version chose, and what that had learnt from.
    ///
    /// - Parameter id: The decision's id; the id of a slate stands for its first place.
    /// - Throws: `ServiceError.notFound`.
    public func decision(_ space: String, _ id: String) async throws -> DecisionProvenance {
        _ = try spaces.space(space)
        return try await deciding.provenance(space, id)
    }
}

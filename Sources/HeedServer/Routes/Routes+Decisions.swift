import HTTPTypes
import HeedAPI
import Hummingbird
import Signals

extension APIRoutes {
    static let decisions = [
        APIRoute(
            name: "decide", method: .post, path: "/v1/spaces/{space}/decide", access: .space(.decide),
            about: "Chooses an action, a slate or an order; the decision is durable when this answers.",
            input: .json(.of(DecideRequest.self)), output: .json(.of(DecideResponse.self))
        ) { call in
            let space = try call.space()
            let body = try await call.body()
            let wanted = try body.parse(depth: call.state.options.limits.nesting) {
                try DecideRequest(json: $0)
            }
            let decided = try await call.service.decide(space, wanted)
            call.state.metrics.noteDecision()
            return .bytes(decided.json(), type: "application/json")
        },
        APIRoute(
            name: "decision", method: .get, path: "/v1/spaces/{space}/decisions/{decision}",
            access: .space(.read),
            about: "A past decision: what was possible, which version chose, and what that had learnt from.",
            output: .json(.of(DecisionProvenance.self))
        ) { call in .json(try await call.service.decision(call.space(), call.path("decision"))) },
    ]
}

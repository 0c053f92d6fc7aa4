import HTTPTypes
import HeedAPI
import Hummingbird

extension APIRoutes {
    static let views = [
        APIRoute(
            name: "ranking", method: .get, path: "/v1/spaces/{space}/ranking", access: .space(.read),
            about: "The ranking of the items from all feedback that counts.",
            output: .json(.of(RankingView.self)), mayBeEmpty: true
        ) { call in
            guard let ranking = try await call.service.ranking(call.space()) else {
                return Response(status: .noContent)
            }
            return .json(ranking)
        }
    ]

    static let judges = [
        APIRoute(
            name: "judges", method: .get, path: "/v1/spaces/{space}/judges", access: .space(.read),
            about: "The judges: those whose votes look bought or broken first.",
            output: .json(.list(of: JudgeView.self))
        ) { call in .json(try await call.service.judges(call.space())) },
        APIRoute(
            name: "setAside", method: .post, path: "/v1/spaces/{space}/judges/{judge}",
            access: .space(.admin),
            about: "Counts a judge's votes, or sets them aside; null leaves it to the rules again.",
            input: .json(.of(SetAsideRequest.self)), output: .json(.of(JudgeView.self))
        ) { call in
            let wanted = try await call.body(SetAsideRequest.self)
            return .json(
                try await call.service.setAside(call.space(), judge: call.path("judge"), wanted.setAside))
        },
        APIRoute(
            name: "erase", method: .post, path: "/v1/erase", access: .any(.admin),
            about: "Removes everything that a person ever sent, and marks the models that learnt from it.",
            input: .json(.of(EraseRequest.self)), output: .json(.of(EraseReport.self))
        ) { call in
            var wanted = try await call.body(EraseRequest.self)
            guard !wanted.judge.isEmpty else {
                throw APIError(.unprocessableContent, "invalid", "judge is empty", field: "judge")
            }
            if let own = call.principal.space {
                for other in wanted.spaces ?? [] where other != own {
                    throw APIError(.notFound, "not_found", "there is no space \(other)")
                }
                wanted.spaces = [own]
            }
            for name in wanted.spaces ?? [] { _ = try call.service.spaces.space(name) }
            return .json(
                EraseReport(removed: try await call.service.erase(judge: wanted.judge, from: wanted.spaces)))
        },
    ]
}

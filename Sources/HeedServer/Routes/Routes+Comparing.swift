import HTTPTypes
import HeedAPI
import Hummingbird

extension APIRoutes {
    private static let judge = APIRoute.Query(name: "judge", about: "Who answers.", isNeeded: true)

    static let comparing = [
        APIRoute(
            name: "nextTask", method: .get, path: "/v1/spaces/{space}/next", access: .space(.send),
            about: "The next question for a judge.", query: [judge],
            output: .json(.of(ComparisonTask.self)), mayBeEmpty: true
        ) { call in
            guard let task = try await call.service.nextTask(call.space(), judge: call.needed("judge")) else {
                return Response(status: .noContent)
            }
            return .json(task)
        },
        APIRoute(
            name: "answer", method: .post, path: "/v1/spaces/{space}/answers", access: .space(.send),
            about: "Keeps an answer, once.", query: [judge], input: .json(.of(ComparisonAnswer.self)),
            output: .json(.of(AnswerReceipt.self))
        ) { call in
            let space = try call.space()
            let judge = try call.needed("judge")
            let answer = try await call.body(ComparisonAnswer.self)
            return .json(AnswerReceipt(id: try await call.service.answer(space, judge: judge, answer)))
        },
        APIRoute(
            name: "undo", method: .delete, path: "/v1/spaces/{space}/answers/{answer}", access: .space(.send),
            about: "Takes back an answer that this judge gave within the last hour.", query: [judge],
            status: .noContent, output: .nothing
        ) { call in
            try await call.service.undo(
                call.space(), judge: call.needed("judge"), answer: call.path("answer"))
            return Response(status: .noContent)
        },
        APIRoute(
            name: "invitations", method: .get, path: "/v1/spaces/{space}/invitations", access: .space(.admin),
            about: "The invitations, newest first.", output: .json(.list(of: InvitationInfo.self))
        ) { call in .json(try await call.service.invitations(call.space())) },
        APIRoute(
            name: "invite", method: .post, path: "/v1/spaces/{space}/invitations", access: .space(.admin),
            about: "Makes a link that lets somebody compare without an account.",
            input: .json(.of(InvitationRequest.self), isOptional: true), status: .created,
            output: .json(.of(InvitationInfo.self))
        ) { call in
            let wanted = try await call.body(InvitationRequest.self, or: InvitationRequest())
            return .json(try await call.service.invite(call.space(), wanted), status: .created)
        },
        APIRoute(
            name: "revokeInvitation", method: .delete, path: "/v1/spaces/{space}/invitations/{invitation}",
            access: .space(.admin), about: "Ends an invitation at once.", status: .noContent, output: .nothing
        ) { call in
            try await call.service.revokeInvitation(call.space(), call.path("invitation"))
            return Response(status: .noContent)
        },
    ]
}

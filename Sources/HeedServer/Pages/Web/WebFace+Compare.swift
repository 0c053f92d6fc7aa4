import Foundation
import HeedAPI
import Serving

extension WebFace {
    private static let cookieName = "heed_visitor"

    /// Answers on the compare page.
    func compare(_ request: WebRequest) async -> WebResponse {
        let path = request.path
        guard (2...3).contains(path.count), let token = path.dropFirst().first, token.utf8.count <= 4_096
        else {
            return problem(
                404, "There is no such page", "The link may have been cut off. Ask for it again.", nil,
                back: nil)
        }
        do {
            let known = request.cookie(Self.cookieName)
            let visitor = try await service.visitor(token: token, known: known)
            let response: WebResponse
            switch (request.method, path.dropFirst(2).first) {
            case ("GET", nil), ("GET", "task"):
                let page = try await comparePage(token, visitor, undo: request.query["undo"])
                response = .html(path.count == 3 || request.wantsFragment ? page.part() : page.html())
            case ("POST", "answer"), ("POST", "undo"):
                guard request.isFromHere else {
                    throw ServiceError.forbidden("this answer came from another site")
                }
                response = try await answer(request, token, visitor, isUndo: path.last == "undo")
            default:
                return problem(
                    404, "There is no such page", "The link may have been cut off. Ask for it again.", nil,
                    back: nil)
            }
            let cookie = try service.visitorCookie(visitor)
            if known == cookie { return response }
            return response.with(
                "Set-Cookie",
                Sessions.cookie(
                    Self.cookieName, cookie, isSecure: request.isSecure, seconds: 31_536_000,
                    path: Address.path("c", token).text))
        } catch let error as ServiceError {
            return refused(error, request)
        } catch {
            return refused(.notReady("the server's log says more"), request)
        }
    }

    private func answer(
        _ request: WebRequest, _ token: String, _ visitor: Visitor, isUndo: Bool
    ) async throws -> WebResponse {
        let form = request.form
        var undo: String?, problem: String?
        do {
            if isUndo {
                try await service.undo(visitor.space, judge: visitor.judge, answer: form["id"] ?? "")
            } else {
                undo = try await service.answer(visitor.space, judge: visitor.judge, try Self.read(form))
            }
        } catch let error as ServiceError {
            // The question may have been answered in another window: the next one follows, with the reason.
            switch error {
            case .conflict, .expired, .invalid, .notFound, .unauthenticated, .notReady:
                problem = Self.plain(error)
            default: throw error
            }
        }
        if request.wantsFragment || problem != nil {
            let page = try await comparePage(token, visitor, undo: undo, problem: problem)
            return .html(
                request.wantsFragment ? page.part() : page.html(), status: problem == nil ? 200 : 409)
        }
        return .redirect(.path("c", token, query: undo.map { [("undo", $0)] } ?? []))
    }

    private func comparePage(
        _ token: String, _ visitor: Visitor, undo: String?, problem: String? = nil
    ) async throws -> ComparePage {
        let task = try await service.nextTask(
            visitor.space, judge: visitor.judge, invitation: visitor.invitation)
        return ComparePage(
            token: token, task: task, undo: undo.map { String($0.prefix(400)) }, problem: problem)
    }

    /// Reads an answer from a form.
    ///
    /// - Throws: `ServiceError.invalid`.
    static func read(_ form: FormData) throws -> ComparisonAnswer {
        let text = form["answer"] ?? ""
        let why = (form["why"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        var answer = ComparisonAnswer(
            token: form["task"] ?? "", answer: .pick, why: why.isEmpty ? nil : String(why.prefix(2_000)))
        if text.hasPrefix("pick:"), let place = Int(text.dropFirst(5)) {
            answer.pick = place
        } else if let plain = ComparisonAnswer.Answer(rawValue: text), plain != .pick {
            answer.answer = plain
        } else {
            throw ServiceError.invalid(
                field: "answer", value: String(text.prefix(40)), expected: "one of the buttons")
        }
        return answer
    }

    private static func plain(_ error: ServiceError) -> String {
        switch error {
        case .expired: "That question was open too long. Here is another one."
        case .unauthenticated: "That question was not asked here. Here is another one."
        default: "That was not kept: \(error.description)."
        }
    }

    private func refused(_ error: ServiceError, _ request: WebRequest) -> WebResponse {
        let (title, text): (String, String)
        switch error {
        case .expired:
            (title, text) = (
                "This invitation is over",
                "It ended or was taken back. Ask whoever sent it for a new link. Thank you for your answers."
            )
        case .unauthenticated:
            (title, text) = (
                "This link does not work", "It may have been cut off when it was copied. Ask for it again."
            )
        case .overloaded, .closing, .store:
            (title, text) = (
                "One moment, please",
                "The service is busy. Your last answer was not kept; try again in a few seconds."
            )
        default: (title, text) = (error.pageTitle, error.description)
        }
        if request.wantsFragment {
            return .html(
                HTML(.div, [.id("task")]) {
                    HTML(.h1, [.set(.tabindex, "-1"), .id("question")]) { title }
                    HTML(.p, [.class("standing"), .id("standing")]) { text }
                }, status: error.pageStatus)
        }
        return problem(error.pageStatus, title, text, nil, back: nil)
    }
}

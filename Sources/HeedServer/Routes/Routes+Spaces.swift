import Foundation
import HTTPTypes
import HeedAPI
import Hummingbird
import Serving

extension APIRoutes {
    static let spaces = [
        APIRoute(
            name: "spaces", method: .get, path: "/v1/spaces", access: .any(.read),
            about: "The spaces that the key may see.", output: .json(.list(of: Space.self))
        ) { call in
            let own = call.principal.space
            return .json(call.service.spaces.all().filter { own == nil || own == $0.name })
        },
        APIRoute(
            name: "createSpace", method: .post, path: "/v1/spaces", access: .whole(.admin),
            about: "Makes a space.", input: .json(.of(SpaceRequest.self)), status: .created,
            output: .json(.of(Space.self))
        ) { call in
            let wanted = try await call.body(SpaceRequest.self)
            let space = try await call.service.spaces.create(
                wanted.name, wanted.settings ?? SpaceSettings(), now: call.service.now)
            return .json(space, status: .created)
        },
        APIRoute(
            name: "overview", method: .get, path: "/v1/spaces/{space}", access: .space(.read),
            about: "All that the dashboard shows of a space.", output: .json(.of(SpaceOverview.self))
        ) { call in .json(try await call.service.overview(call.space())) },
        APIRoute(
            name: "changeSpace", method: .patch, path: "/v1/spaces/{space}", access: .space(.admin),
            about: "Changes settings; those left out stay, null sets one back.",
            input: .json(.of(SpaceSettings.self)), output: .json(.of(Space.self))
        ) { call in
            let held = try await call.body()
            try held.check(depth: call.state.options.limits.nesting)
            let patch = Data(held.buffer.readableBytesView)
            return .json(
                try await call.service.spaces.update(call.space()) { settings in
                    settings = try settings.patched(patch)
                })
        },
        APIRoute(
            name: "removeSpace", method: .delete, path: "/v1/spaces/{space}", access: .space(.admin),
            about:
                "Removes a space with everything that is in it, and revokes the keys that are for it alone.",
            status: .noContent, output: .nothing
        ) { call in
            try await call.service.removeSpace(call.space())
            return Response(status: .noContent)
        },
    ]
}

extension SpaceSettings {
    /// These settings, changed as the keys of a JSON object say.
    fileprivate func patched(_ patch: Data) throws -> SpaceSettings {
        let own = try JSONSerialization.jsonObject(with: JSONEncoder().encode(self))
        guard let changes = try JSONSerialization.jsonObject(with: patch) as? [String: Any],
            var merged = own as? [String: Any]
        else { throw APIError(.unprocessableContent, "invalid", "an object with settings is expected") }
        merged.merge(changes) { $1 }
        return try JSONDecoder().decode(
            SpaceSettings.self, from: JSONSerialization.data(withJSONObject: merged))
    }
}

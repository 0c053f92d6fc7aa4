import HTTPTypes
import HeedAPI
import Hummingbird
import Serving

extension APIRoutes {
    static let keys = [
        APIRoute(
            name: "keys", method: .get, path: "/v1/keys", access: .any(.admin),
            about: "The keys, without their secrets.", output: .json(.list(of: KeyInfo.self))
        ) { call in .json(call.visibleKeys()) },
        APIRoute(
            name: "createKey", method: .post, path: "/v1/keys", access: .any(.admin),
            about: "Makes a key; its secret is told this once.", input: .json(.of(KeyRequest.self)),
            status: .created, output: .json(.of(NewKey.self))
        ) { call in
            let wanted = try await call.body(KeyRequest.self)
            if let own = call.principal.space, wanted.space != own {
                throw APIError(
                    .forbidden, "forbidden", "this key may only make keys for the space \(own)",
                    field: "space")
            }
            if let space = wanted.space { _ = try call.service.spaces.space(space) }
            let key = try await call.service.keys.create(wanted, now: call.service.now)
            return .json(key, status: .created)
        },
        APIRoute(
            name: "revokeKey", method: .delete, path: "/v1/keys/{key}", access: .any(.admin),
            about: "Revokes a key, at once and for ever.", status: .noContent, output: .nothing
        ) { call in
            let id = try call.path("key")
            guard call.visibleKeys().contains(where: { $0.id == id }) else {
                throw ServiceError.notFound(kind: "key", name: id)
            }
            try await call.service.keys.revoke(id, now: call.service.now)
            return Response(status: .noContent)
        },
    ]
}

extension Call {
    /// The keys that whoever asks may see: all, or those of their space.
    fileprivate func visibleKeys() -> [KeyInfo] {
        service.keys.all().filter { principal.space == nil || principal.space == $0.space }
    }
}

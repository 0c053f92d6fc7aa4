import Hummingbird
import Serving

/// The pages for people.
struct PageRoutes: Sendable {
    let state: ServerState

    func add(to router: Router<ServerContext>) {}
}

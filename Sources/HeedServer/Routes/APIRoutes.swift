/// All routes of the API.
public enum APIRoutes {
    /// The routes, by subject.
    public static let all: [APIRoute] =
        service + feedback + decisions + spaces + views + models + jobs + judges + comparing + keys
}

import AsyncHTTPClient
import HeedAPI

/// Talks to a Heed server.
enum ClientVersion {}

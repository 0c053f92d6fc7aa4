import HeedAPI
import Hummingbird
import Serving

/// The HTTP face of a service.
enum ServerVersion {}

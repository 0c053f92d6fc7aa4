import Bandits
import HeedAPI
import Kernels
import Signals

/// A decision as it is drawn: what to store, and what to answer.
struct Draw {
    private(set) var events: [FeedbackEvent] = []
    let response: DecideResponse

    /// Keeps the draws of decisions apart from others of the same seed.
    private static let stream: UInt64 = 0x6465_6369_6465

    init(
        space: String, id: String, actions: [String], request: DecideRequest, chooser: any Chooser,
        seed: UInt64,
        time: Double
    ) throws {
        let random = CounterRandom(seed: seed, stream: Self.stream).split(StableHash.of(space, id))
        let occasion = request.occasion
        var left = actions
        var places: [DecideResponse.Place] = []
        var first: [Double] = []
        for number in 1...(request.slate ?? 1) {
            let own = random.split(UInt64(number))
            let p = try chooser.propensities(of: left, features: occasion, random: own.split(0))
            var point = own.split(1)
            let place = Arms.draw(p, at: point.uniform())
            let name = request.slate == nil ? id : Identifiers.place(id, number)
            var features = request.features ?? [:]
            if request.slate != nil { features["position"] = Double(number) }
            events.append(
                FeedbackEvent(
                    .decision(
                        Decision(
                            id: name, action: left[place], among: left, propensities: p,
                            policy: chooser.version)),
                    judge: request.judge, prompt: request.slate == nil ? request.prompt : id, time: time,
                    groups: request.groups ?? [:], features: features))
            places.append(DecideResponse.Place(action: left[place], decision: name, propensity: p[place]))
            if number == 1 { first = p }
            left.remove(at: place)
        }
        response = DecideResponse(
            decision: places[0].decision, action: places[0].action, propensity: places[0].propensity,
            propensities: Dictionary(zip(actions, first)) { first, _ in first },
            slate: request.slate == nil ? nil : places, model: chooser.version)
    }
}

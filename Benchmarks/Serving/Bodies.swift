import Foundation

/// The requests that the loads send.
enum Bodies {
    /// A batch of votes with ids of their own.
    static func votes(_ count: Int, name: String, from first: Int) -> Data {
        var text = #"{"events":["#
        for offset in 0..<count {
            let i = first + offset
            let left = (i &* 7919) % 40
            let right = (left + 1 + (i &* 104_729) % 39) % 40
            let outcome = ["left", "right", "tie"][(i &* 31) % 3]
            if offset > 0 { text += "," }
            text +=
                #"{"kind":"comparison","left":"item \#(left)","right":"item \#(right)","outcome":"\#(outcome)","#
            text += #""id":"\#(name)-\#(i)","judge":"judge \#(i % 997)","prompt":"p\#(i % 211)"}"#
        }
        return Data((text + "]}").utf8)
    }

    /// A request for a decision; its best action depends on its features.
    static func decide(_ id: String, _ i: Int) -> Data {
        let hour = Double((i &* 613) % 24), age = Double(18 + (i &* 271) % 60)
        return Data(
            #"{"id":"\#(id)","features":{"hour":\#(hour),"age":\#(age),"new":\#(i % 2)},"judge":"user \#(i % 5000)"}"#
                .utf8)
    }

    /// The reward of a decision.
    static func reward(_ decision: String, _ value: Double) -> String {
        #"{"kind":"reward","value":\#(value),"decision":"\#(decision)","id":"r-\#(decision)"}"#
    }
}

using System.Text.Json.Nodes;
using CsCheck;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Tests.Kubernetes;

public sealed class MergePatchTests
{
    private static readonly Gen<JsonNode?> Value = Gen.Recursive<JsonNode?>((depth, inner) =>
    {
        var scalar = Gen.OneOf(Gen.Int[0, 3].Select(n => (JsonNode?)n), Gen.Const((JsonNode?)"text"));
        return depth > 3 ? scalar : Gen.Frequency(
            (2, scalar),
            (1, inner.Array[0, 2].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]))),
            (2, Members(inner).Select(map => (JsonNode?)map)));
    });

    [Fact]
    public void A_patch_turns_one_object_into_the_other() =>
        Gen.Select(Members(Value), Members(Value)).Sample((before, after) =>
        {
            var patched = before.DeepClone().AsObject();
            if (MergePatch.Between(before, after) is { } patch)
            {
                Apply(patched, patch);
            }

            return JsonNode.DeepEquals(patched, after);
        });

    [Fact]
    public void Equal_objects_need_no_patch() => Members(Value).Sample(o => MergePatch.Between(o, o.DeepClone().AsObject()) is null);

    private static Gen<JsonObject> Members(Gen<JsonNode?> value) =>
        Gen.Dictionary(Gen.Char["abc"], value)[0, 3].Select(map => new JsonObject(map.Select(m => KeyValuePair.Create(m.Key.ToString(), m.Value?.DeepClone()))));

    /// <summary>The algorithm of RFC 7396, section 2.</summary>
    private static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject inner)
            {
                var old = target[name] as JsonObject ?? [];
                target[name] = old.DeepClone();
                Apply(target[name]!.AsObject(), inner);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }
}
